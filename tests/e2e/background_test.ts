import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { skipUnless } from "../skips.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, statusOf } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";

const LINUX = { ...skipUnless("linux-x64") };

function logOf(home: string): string {
  return Deno.readTextFileSync(join(home, ".devlog/logs/collector.log"));
}

Deno.test({
  name: "start --background returns at once, collects on, writes a log, and ends by stop [needs linux-x64]",
  ...LINUX,
  fn: async () => {
    using home = temporaryHome();
    const session = new ClaudeSession(home.path, 1).turn("before");
    try {
      const started = await run(["start", "--background"], { home: home.path });
      assertEquals([started.code, started.stderr], [0, ""]);
      const { collector } = await statusOf(home.path);
      assertEquals([collector.running, collector.startedBy], [true, "background"]);
      assertStringIncludes(started.stdout, `running in the background (process ${collector.pid})\n`);
      await eventually("the history", async () => (await prompts(home.path)).length === 1);
      session.turn("after");
      await eventually("a new event", async () => (await prompts(home.path)).length === 2);
      const second = await run(["start", "--background"], { home: home.path });
      assertEquals([second.code, second.stdout], [3, ""]);
      assertMatch(
        second.stderr,
        new RegExp(`^error: another collector is running \\(process ${collector.pid}\\)\n`),
      );
    } finally {
      const stopped = await run(["stop"], { home: home.path });
      assertEquals([stopped.code, stopped.stdout], [0, "stopped\n"]);
    }
    const log = logOf(home.path);
    assertMatch(
      log,
      /^\S+Z info {2}version \S+ starts \(process \d+, background\)\n\S+Z info {2}up to date: 1 source/,
    );
    assertMatch(log, /Z info {2}ends\n$/);
    // Nothing of it holds on to the terminal or the folder that it was started from.
    assertEquals((await statusOf(home.path)).collector.running, false);
  },
});

Deno.test({
  name: "start --background hands its options on [needs linux-x64]",
  ...LINUX,
  fn: async () => {
    using home = temporaryHome();
    new ClaudeSession(home.path, 1, { project: "/work/wanted" }).turn("wanted");
    new ClaudeSession(home.path, 2, { project: "/work/other" }).turn("other");
    try {
      const args = ["start", "--background", "--workspaces", "/work/wanted", "--initial-sync-days", "0"];
      assertEquals((await run(args, { home: home.path })).code, 0);
      await eventually("the history", async () => (await prompts(home.path)).length === 1);
      assertEquals(await prompts(home.path), ["wanted"]);
    } finally {
      await run(["stop"], { home: home.path });
    }
  },
});

Deno.test("start --background says at once what is wrong with the configuration", async () => {
  using home = temporaryHome();
  Deno.mkdirSync(join(home.path, ".devlog"));
  Deno.writeTextFileSync(join(home.path, ".devlog/config.yaml"), "sync: { initial_sync_days: many }\n");
  const { code, stderr } = await run(["start", "--background"], { home: home.path });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "sync.initial_sync_days");
});

Deno.test("start --managed writes why it could not start into its log as well", async () => {
  using home = temporaryHome();
  Deno.mkdirSync(join(home.path, ".devlog"));
  Deno.writeTextFileSync(join(home.path, ".devlog/config.yaml"), "sinc: 1\n");
  const { code, stderr } = await run(["start", "--managed", "service"], { home: home.path });
  assertEquals(code, Deno.build.os === "linux" ? 2 : 0);
  assertStringIncludes(stderr, "sinc");
  assertMatch(logOf(home.path), /Z error .*sinc/);
});

Deno.test("the log follows logging.level", async () => {
  using home = temporaryHome();
  Deno.mkdirSync(join(home.path, ".devlog"));
  Deno.writeTextFileSync(join(home.path, ".devlog/config.yaml"), "logging: { level: error }\n");
  new ClaudeSession(home.path, 1).turn("once");
  const { code } = await run(["start", "--managed", "background", "--once"], { home: home.path });
  assertEquals(code, 0);
  assertEquals(logOf(home.path).split("\n").length, 2, logOf(home.path));
});

for (const flags of [["--once"], ["--managed", "service"]]) {
  Deno.test(`start --background ${flags[0]} is a mistake`, async () => {
    using home = temporaryHome();
    const { code, stderr } = await run(["start", "--background", ...flags], { home: home.path });
    assertEquals(code, 2);
    assertStringIncludes(stderr, `--background and ${flags[0]} contradict each other`);
  });
}
