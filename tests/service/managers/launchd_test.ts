import { assertEquals } from "@std/assert";
import { launchd, plistText } from "../../../src/service/managers/launchd.ts";
import { skipUnless } from "../../skips.ts";
import { assertGolden, goldenPath, judge, TRICKY } from "./definitions.ts";

const manager = launchd("/bin/launchctl", {
  uid: 501,
  home: "/Users/ada",
  devlogHome: "/Users/ada/.devlog",
  errorLog: "/Users/ada/.devlog/logs/stderr.log",
});

Deno.test("plistText() is what its golden file says", () => {
  assertGolden("dev.devlog.collector.plist", plistText(TRICKY, "/Users/ada/.devlog/logs/stderr.log"));
});

Deno.test({
  name: "plistText() is valid by the definition of property lists [needs xmllint]",
  ...skipUnless("xmllint"),
  fn: () => {
    const dtd = goldenPath("PropertyList-1.0.dtd");
    const list = goldenPath("dev.devlog.collector.plist");
    // It says as well that it does not fetch Apple's own.
    assertEquals(judge("xmllint", "--nonet", "--noout", "--dtdvalid", dtd, list).code, 0);
    const file = Deno.makeTempFileSync();
    try {
      const bare = plistText({ ...TRICKY, kind: "background", environment: {} }, "/x");
      Deno.writeTextFileSync(file, bare);
      assertEquals(judge("xmllint", "--nonet", "--noout", "--dtdvalid", dtd, file).code, 0);
      // That it would say so.
      Deno.writeTextFileSync(file, bare.replace("<true/>", "<yes/>"));
      assertEquals(judge("xmllint", "--nonet", "--noout", "--dtdvalid", dtd, file).code, 3);
    } finally {
      Deno.removeSync(file);
    }
  },
});

Deno.test("launchd() loads what starts at login from where agents are, and what runs only now from elsewhere", () => {
  assertEquals(manager.path("service"), "/Users/ada/Library/LaunchAgents/dev.devlog.collector.plist");
  assertEquals(manager.path("background"), "/Users/ada/.devlog/dev.devlog.collector.background.plist");
  assertEquals(manager.start("service").map(({ args, mayFail = false }) => [args.join(" "), mayFail]), [
    ["bootout gui/501/dev.devlog.collector", true],
    ["enable gui/501/dev.devlog.collector", true],
    ["bootstrap gui/501 /Users/ada/Library/LaunchAgents/dev.devlog.collector.plist", false],
  ]);
  assertEquals(manager.ask("service").args, ["print", "gui/501/dev.devlog.collector"]);
});

Deno.test("launchd() reads how a service is", () => {
  const printed =
    "gui/501/dev.devlog.collector = {\n\tactive count = 1\n\tstate = running\n\n\tpid = 4711\n}\n";
  assertEquals(manager.read(true, printed), { isRunning: true, detail: "running" });
  assertEquals(manager.read(true, printed.replace("= running", "= not running")), {
    isRunning: false,
    detail: "not running",
  });
  assertEquals(manager.read(false, "Could not find service"), undefined);
});
