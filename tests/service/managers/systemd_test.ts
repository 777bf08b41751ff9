import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Call } from "../../../src/service/managers/manager.ts";
import { systemd, unitText } from "../../../src/service/managers/systemd.ts";
import { skipUnless } from "../../skips.ts";
import { assertGolden, judge, TRICKY } from "./definitions.ts";

const HOME = { os: "linux", home: "/home/ada", get: () => undefined } as const;
const manager = systemd(HOME, "/usr/bin/systemctl", "/run/user/1000");
const words = (calls: readonly Call[]) => calls.map(({ args }) => args.join(" "));

Deno.test("unitText() is what its golden file says", () =>
  assertGolden("devlog-collector.service", unitText(TRICKY)));

Deno.test("systemd() puts a service where units of users are, and one for now where they end with the session", () => {
  assertEquals(manager.path("service"), "/home/ada/.config/systemd/user/devlog-collector.service");
  assertEquals(manager.path("background"), "/run/user/1000/systemd/user/devlog-collector-background.service");
  const elsewhere = {
    ...HOME,
    get: (name: string) => name === "XDG_CONFIG_HOME" ? "/data/config" : undefined,
  };
  assertEquals(
    systemd(elsewhere, "/usr/bin/systemctl", "/run/user/1000").path("service"),
    "/data/config/systemd/user/devlog-collector.service",
  );
});

Deno.test("systemd() enables a service, and not what runs only now", () => {
  assertEquals(words(manager.start("service")), [
    "--user daemon-reload",
    "--user enable devlog-collector.service",
    "--user reset-failed devlog-collector.service",
    "--user restart devlog-collector.service",
  ]);
  assertEquals(words(manager.start("background")).filter((call) => call.includes("enable")), []);
  assertEquals(words(manager.stop("service")), [
    "--user stop devlog-collector.service",
    "--user disable devlog-collector.service",
  ]);
});

Deno.test("systemd() reads how a service is", () => {
  const answer = (facts: Record<string, string>) =>
    Object.entries({
      LoadState: "loaded",
      ActiveState: "active",
      Result: "success",
      NRestarts: "0",
      ...facts,
    })
      .map(([name, value]) => `${name}=${value}\n`).join("");
  assertEquals(manager.read(true, answer({})), { isRunning: true, detail: "active" });
  assertEquals(manager.read(true, answer({ NRestarts: "1" })), {
    isRunning: true,
    detail: "active restarted 1 time",
  });
  const failed = answer({ ActiveState: "failed", Result: "exit-code", NRestarts: "3" });
  assertEquals(manager.read(true, failed), {
    isRunning: false,
    detail: "failed (exit-code) restarted 3 times",
  });
  assertEquals(manager.read(true, answer({ LoadState: "not-found" })), undefined);
  assertEquals(manager.read(false, ""), undefined);
});

Deno.test({
  name:
    "systemd-analyze finds nothing wrong with the units, and takes their words apart as they were meant [needs systemd-analyze]",
  ...skipUnless("systemd-analyze"),
  fn: () => {
    const folder = Deno.makeTempDirSync();
    try {
      const program = join(folder, "my $program 100%");
      Deno.writeTextFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
      for (const kind of ["service", "background"] as const) {
        const unit = join(folder, `devlog-${kind}.service`);
        Deno.writeTextFileSync(
          unit,
          unitText({ ...TRICKY, kind, command: [program, ...TRICKY.command.slice(1)] }),
        );
        const { code, said } = judge("systemd-analyze", "verify", "--user", "--man=no", unit);
        assertEquals([code, said], [0, ""]);
      }
      // That it would say so.
      const broken = join(folder, "devlog-broken.service");
      Deno.writeTextFileSync(
        broken,
        unitText({ ...TRICKY, command: [`${program}.gone`] }).replace("UMask", "UMusk"),
      );
      const { code, said } = judge("systemd-analyze", "verify", "--user", "--man=no", broken);
      assertEquals(code, 1);
      assertMatch(said, /UMusk/);
      assertStringIncludes(said, ".gone is not executable");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
