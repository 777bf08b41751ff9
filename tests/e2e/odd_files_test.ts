import { assertEquals, assertMatch } from "@std/assert";
import { basename, dirname, join } from "node:path";
import { skipUnless } from "../skips.ts";
import { ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { findProgram, run, temporaryHome } from "./program.ts";

Deno.test({
  name: "all that the program writes is for this user alone: folders 0700, files 0600 [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    const under = [findProgram("sh"), "-c", 'umask 0 && exec "$@"', "sh"] as const;
    new ClaudeSession(home.path, 1).turn("once");
    assertEquals((await run(["sync"], { home: home.path, under })).code, 0);
    await using _ = await startUpToDate(home.path);
    const modes = modesBelow(join(home.path, ".devlog"));
    assertEquals(modes.get("collector.json"), "600");
    for (const [name, mode] of modes) {
      assertEquals(mode, name === ".devlog" || name === "data" ? "700" : "600", name);
    }
  },
});

Deno.test({
  name: "a folder of the store that others may enter is closed to them [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    const data = join(home.path, ".devlog", "data");
    Deno.mkdirSync(data, { recursive: true });
    Deno.chmodSync(data, 0o755);
    assertEquals((await run(["sync"], { home: home.path })).code, 0);
    assertEquals(modesBelow(join(home.path, ".devlog")).get("data"), "700");
  },
});

Deno.test({
  name:
    "links that lead out of an agent's folder, pipes and sockets in it are left alone, and nothing hangs [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    using outside = temporaryHome();
    const session = new ClaudeSession(home.path, 1).turn("inside");
    const toLink = new ClaudeSession(home.path, 2).turn("a");
    const project = dirname(session.path);
    const secret = new ClaudeSession(outside.path, 4).turn("outside");
    Deno.symlinkSync(secret.path, join(project, basename(secret.path)));
    Deno.symlinkSync(dirname(secret.path), join(dirname(project), "-linked-project"));
    await makePipe(join(project, "pipe.jsonl"));
    using _socket = Deno.listen({ transport: "unix", path: join(project, "socket.jsonl") });
    await using running = await startUpToDate(home.path);
    assertMatch(running.output.stderr, /^up to date: 2 sources, /);

    // A link that comes while it runs, also in the place of a session that is known.
    Deno.symlinkSync(secret.path, join(project, "later.jsonl"));
    Deno.removeSync(toLink.path);
    Deno.symlinkSync(secret.path, toLink.path);
    session.turn("more");
    await eventually("the line", async () => (await prompts(home.path)).includes("more"));
    assertEquals(await prompts(home.path), ["a", "inside", "more"]);
    assertEquals((await run(["stop"], { home: home.path })).stdout, "stopped\n");
    assertEquals((await run(["sync"], { home: home.path })).code, 0);
    assertEquals(await prompts(home.path), ["a", "inside", "more"]);
    assertEquals((await statusOf(home.path)).sync.failed, 0);
  },
});

// Deno's thread for watches opens what was made and does not come back from a pipe that nobody writes to.
Deno.test({
  name: "a pipe that is made while start runs stops neither new lines nor stop [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    const session = new ClaudeSession(home.path, 1).turn("before");
    await using _ = await startUpToDate(home.path);
    await makePipe(join(dirname(session.path), "pipe.jsonl"));
    session.turn("after");
    await eventually("the line", async () => (await prompts(home.path)).includes("after"));
    const { code, stdout } = await run(["stop"], { home: home.path, timeoutMs: 10_000 });
    assertEquals([code, stdout], [0, "stopped\n"]);
  },
});

Deno.test({
  name:
    "a place that can't be searched shows in status, and no longer once it can [needs unix] [needs deno-odd-names]",
  ...skipUnless("unix", "deno-odd-names"),
  fn: async () => {
    using home = temporaryHome();
    const project = dirname(new ClaudeSession(home.path, 1).turn("once").path);
    const odd = ["-c", 'touch "$1/$(printf "odd-\\377").jsonl"', "sh", project];
    assertEquals((await new Deno.Command("sh", { args: odd }).output()).code, 0);
    assertEquals((await run(["sync"], { home: home.path })).code, 0);
    const [problem] = (await statusOf(home.path)).problems;
    assertEquals(problem?.key, "folders");
    assertMatch(problem!.message, /odd-.*not valid UTF-8/);
    const remove = ["-c", 'rm "$1"/odd-*', "sh", project];
    assertEquals((await new Deno.Command("sh", { args: remove }).output()).code, 0);
    assertEquals((await run(["sync"], { home: home.path })).code, 0);
    assertEquals((await statusOf(home.path)).problems, []);
  },
});

Deno.test({
  name: "an agent's folder that is itself a link is read and watched [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = temporaryHome();
    using elsewhere = temporaryHome();
    const session = new ClaudeSession(elsewhere.path, 1).turn("linked");
    Deno.symlinkSync(join(elsewhere.path, ".claude"), join(home.path, ".claude"));
    await using _ = await startUpToDate(home.path);
    assertEquals((await statusOf(home.path)).collector.watching, "events");
    session.turn("live");
    await eventually("the line", async () => (await prompts(home.path)).includes("live"), 1_500);
    assertEquals(await prompts(home.path), ["linked", "live"]);
  },
});

Deno.test("damaged and unknown lines are counted and kept, and cost no other event", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("before").raw("{half a line\n").raw("\0\0\0\n").turn("after");
  new CodexSession(home.path, 1).turn("codex").raw(
    '{"timestamp":"2026-01-01T00:00:00Z","type":"brand_new","payload":{}}\n',
  );
  await using _ = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), ["after", "before", "codex"]);
  const { sync } = await statusOf(home.path);
  assertEquals(sync.unreadRecords, 3);
  assertEquals(sync.unreadKinds.map(({ kind }) => kind).sort(), [
    "damaged:not_json",
    "damaged:nul_run",
    "type:brand_new",
  ]);
});

/** The mode of a folder, and of all below it, by name. */
function modesBelow(folder: string): ReadonlyMap<string, string> {
  const modes = new Map<string, string>();
  const visit = (path: string) => {
    let found: Deno.FileInfo;
    try {
      found = Deno.lstatSync(path);
    } catch (error) {
      // A draft that has just been given its name by the running collector.
      if (error instanceof Deno.errors.NotFound && path.endsWith(".new")) return;
      throw error;
    }
    const { mode, isDirectory } = found;
    modes.set(basename(path), (mode! & 0o777).toString(8));
    if (isDirectory) { for (const { name } of Deno.readDirSync(path)) visit(join(path, name)); }
  };
  visit(folder);
  return modes;
}

async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assertEquals(success, true);
}
