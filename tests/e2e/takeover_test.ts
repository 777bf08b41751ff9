import { assertEquals, assertMatch } from "@std/assert";
import { join, resolve } from "node:path";
import { forSystem, stage } from "../../scripts/release/stage.ts";
import { THIS_OS } from "../../src/platform/environment.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, statusOf } from "./collecting.ts";
import { denoDir, run, spawn, temporaryHome } from "./program.ts";
import { RunningProgram } from "./running_program.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Starts this program as another version of it would be, from source, and waits until it is up to date. */
async function startVersion(version: string, home: string, folder: string): Promise<RunningProgram> {
  await stage(ROOT, folder, THIS_OS, { commit: undefined, time: 1_700_000_000 });
  const config = join(folder, "deno.json");
  const manifest = forSystem(JSON.parse(Deno.readTextFileSync(config)), THIS_OS);
  Deno.writeTextFileSync(config, JSON.stringify({ ...manifest, version }));
  const running = new RunningProgram(
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--permission-set=collector",
        "--no-prompt",
        `--config=${config}`,
        join(folder, "main.ts"),
        "start",
      ],
      clearEnv: true,
      env: { HOME: home, USERPROFILE: home, DENO_DIR: denoDir() },
      cwd: home,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  await running.line(/^up to date/);
  return running;
}

Deno.test("start takes the place of an older collector, which ends in order, and nothing is lost or doubled", async () => {
  using home = temporaryHome();
  using tree = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("1");
  await using old = await startVersion("0.0.9", home.path, join(tree.path, "devlog"));
  assertEquals((await statusOf(home.path)).collector.version, "0.0.9");
  let written = 1;
  const writing = setInterval(() => session.turn(String(++written)), 5);
  await using young = spawn(["start"], { home: home.path });
  try {
    assertMatch(
      await young.line(/^taking the place/),
      new RegExp(`^taking the place of the collector of version 0.0.9 \\(process ${old.pid}\\)$`),
    );
    assertEquals((await old.end()).code, 0);
    await young.line(/^up to date/);
  } finally {
    clearInterval(writing);
  }
  assertEquals((await statusOf(home.path)).collector.pid, young.pid);
  assertEquals((await run(["sync"], { home: home.path })).code, 0);
  const expected = Array.from({ length: written }, (_, index) => String(index + 1)).toSorted();
  assertEquals(await prompts(home.path), expected);
});

Deno.test("start leaves a newer collector, and sync leaves any", async () => {
  using home = temporaryHome();
  using tree = temporaryHome();
  new ClaudeSession(home.path, 1).turn("once");
  await using other = await startVersion("99.0.0", home.path, join(tree.path, "devlog"));
  const second = await run(["start"], { home: home.path });
  assertEquals(second.code, 3);
  assertEquals((await run(["sync"], { home: home.path })).code, 0);
  assertEquals((await statusOf(home.path)).collector.pid, other.pid);
});
