import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { join } from "node:path";
import { skipUnless } from "../skips.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { denoDir, program, run, temporaryHome } from "./program.ts";

/** Writes some 60 MB of history. */
function writeHistory(home: string): void {
  const text = "All work and no play makes Jack a dull boy. ".repeat(1200);
  for (let number = 0; number < 1100; number++) new ClaudeSession(home, number).turn(`${number} ${text}`);
}

/** Starts the program in a terminal of that width; `script` of util-linux gives it one. */
function inTerminal(
  home: string,
  columns: number,
  term: string,
  ...args: readonly string[]
): Deno.ChildProcess {
  const { command, prefixArgs } = program();
  const words = [command, ...prefixArgs, ...args].map((word) => `'${word}'`).join(" ");
  return new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", `stty cols ${columns} rows 24; exec ${words}`, "/dev/null"],
    clearEnv: true,
    env: {
      HOME: home,
      PATH: Deno.env.get("PATH") ?? "",
      SHELL: "/bin/sh",
      TERM: term,
      // Deno looks for its cache below HOME.
      ...(prefixArgs.length > 0 && { DENO_DIR: denoDir() }),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** All that was drawn on a terminal until the program ended well. */
async function drawn(home: string, columns: number, term: string): Promise<string> {
  const child = inTerminal(home, columns, term, "sync");
  const { code, stdout } = await child.output();
  await child.stdin.close();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout);
}

const percents = (text: string) =>
  [...text.matchAll(/syncing (\d+) %/g)].map(([, percent]) => Number(percent));

for (const columns of [80, 30, 12]) {
  Deno.test({
    name:
      `a terminal of ${columns} columns shows one line that only rises and never wraps, then what came of it [needs pty]`,
    ...skipUnless("pty"),
    fn: async () => {
      using home = temporaryHome();
      writeHistory(home.path);
      const text = await drawn(home.path, columns, "xterm");
      const frames = text.split("\r").map((frame) => frame.replace("\x1b[K", ""));
      const shown = frames.filter((frame) => frame.startsWith("syncing"));
      assert(shown.length >= 2, `only ${shown.length} frames`);
      for (const frame of shown) assertLessOrEqual(frame.length, columns - 1);
      const found = percents(text);
      assertEquals(found, found.toSorted((a, b) => a - b));
      assert(found.every((percent) => percent < 100));
      assertMatch(text, /up to date: 1,100 sources, \d+ MB/);
      // Nothing else is drawn: no colour, no cursor.
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assertEquals(text.replaceAll("\x1b[K", "").match(/\x1b/g), null);
    },
  });
}

Deno.test({
  name: "a dumb terminal gets lines, and nothing is drawn over [needs pty]",
  ...skipUnless("pty"),
  fn: async () => {
    using home = temporaryHome();
    writeHistory(home.path);
    const text = await drawn(home.path, 80, "dumb");
    // deno-lint-ignore no-control-regex -- that is what is looked for
    assertEquals(text.match(/\x1b|\r(?!\n)/g), null);
    assertMatch(text, /up to date: 1,100 sources/);
  },
});

Deno.test({
  name: "a terminal that was stopped holds up nothing: history is synced, and new lines arrive [needs pty]",
  ...skipUnless("pty"),
  fn: async () => {
    using home = temporaryHome();
    writeHistory(home.path);
    const child = inTerminal(home.path, 80, "xterm", "start");
    const keys = child.stdin.getWriter();
    // Ctrl-S: from now on nothing that is written to the terminal goes through.
    await keys.write(Uint8Array.of(0x13));
    await eventually("the history", async () => {
      const outcome = await run(["status", "--format", "json"], { home: home.path });
      return outcome.code === 0 && JSON.parse(outcome.stdout).sync.percent === 100 &&
        JSON.parse(outcome.stdout).sync.synced === 1100;
    }, 30_000);
    new ClaudeSession(home.path, 5000, { project: "/home/ada/new" }).turn("after it");
    await eventually("the new line", async () => (await prompts(home.path)).includes("after it"));
    assertEquals((await run(["stop"], { home: home.path })).code, 0);
    // It has ended, and its terminal with it.
    await child.output();
    await keys.abort().catch(() => {});
  },
});

Deno.test("a source that can't be read stops no other: the rest is synced, watching goes on, status says which and why", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("one");
  const projects = join(home.path, ".claude", "projects", "-p");
  Deno.mkdirSync(projects, { recursive: true });
  // A document that never ends, and one that is none.
  const chats = join(home.path, ".config", "Code", "User", "workspaceStorage", "w", "chatSessions");
  Deno.mkdirSync(chats, { recursive: true });
  Deno.writeTextFileSync(join(chats, "broken.json"), '{"requests": [');
  await using running = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), ["one"]);
  const { sync } = await statusOf(home.path);
  if (Deno.build.os === "linux") {
    assertEquals([sync.failed, sync.synced], [1, 1]);
    assertMatch(sync.failures[0]!.error, /broken\.json is not a whole JSON document/);
    assertMatch(
      (await run(["status"], { home: home.path })).stdout,
      /1 source can't be read:\n.*broken\.json/,
    );
  }
  new ClaudeSession(home.path, 2).turn("two");
  await eventually("a new session", async () => (await prompts(home.path)).length === 2);
  assert(!running.output.stderr.includes("Error"));
});
