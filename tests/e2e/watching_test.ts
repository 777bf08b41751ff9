import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { skipUnless } from "../skips.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf, storePath } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { findProgram, spawn, temporaryHome } from "./program.ts";
import { storeContent } from "./store_content.ts";

Deno.test({
  name:
    "with too few inotify watches start falls back to the sweep, says so, and lines still arrive [needs user-namespaces]",
  ...skipUnless("user-namespaces"),
  fn: async () => {
    using home = temporaryHome();
    const session = new ClaudeSession(home.path, 1).turn("history");
    for (const name of ["a", "b", "c", "d"]) {
      new ClaudeSession(home.path, 2, { project: `/home/ada/${name}` }).turn(name);
    }
    const limit = 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"';
    await using running = spawn(["start"], {
      home: home.path,
      under: [findProgram("unshare"), "--user", "--map-root-user", findProgram("sh"), "-c", limit, "sh"],
    });
    await running.line(/^up to date/);
    await running.line(/^Changes are found by looking every few seconds, not at once: /);
    await eventually(
      "the sweep in status",
      async () => (await statusOf(home.path)).collector.watching === "sweep",
    );
    const { problems } = await statusOf(home.path);
    assertEquals(problems.map(({ key }) => key), ["watch"]);
    assertMatch(problems[0]!.hint, /fs\.inotify\.max_user_watches/);

    session.turn("found by the sweep");
    await eventually(
      "the line",
      async () => (await prompts(home.path)).includes("found by the sweep"),
      6_000,
    );
    // It is said once, not at every look.
    assertEquals(running.output.stderr.match(/Changes are found/g)?.length, 1);
  },
});

Deno.test("a root that is deleted and made again while start runs is read and watched again", async () => {
  using home = temporaryHome();
  const root = join(home.path, ".claude", "projects");
  new ClaudeSession(home.path, 1).turn("before");
  await using running = await startUpToDate(home.path);
  Deno.removeSync(root, { recursive: true });
  await eventually("its being gone", async () => (await statusOf(home.path)).sync.gone === 1);
  const session = new ClaudeSession(home.path, 2).turn("after");
  await eventually("the new session", async () => (await prompts(home.path)).includes("after"));
  session.turn("more");
  await eventually("the new line", async () => (await prompts(home.path)).includes("more"));
  await eventually("the watch", async () => (await statusOf(home.path)).collector.watching === "events");
  assertEquals(await prompts(home.path), ["after", "before", "more"]);
  // A folder that a user deletes is no trouble with watching.
  assertEquals((await statusOf(home.path)).problems, []);
  assert(!running.output.stderr.includes("Changes are found"), running.output.stderr);
});

Deno.test("a project folder that is renamed keeps its events, and none comes twice", async () => {
  using home = temporaryHome();
  const projects = join(home.path, ".claude", "projects");
  new ClaudeSession(home.path, 1, { project: "/old" }).turn("before");
  await using _ = await startUpToDate(home.path);
  Deno.renameSync(join(projects, "-old"), join(projects, "-new"));
  const moved = new ClaudeSession(home.path, 1, { project: "/new" });
  await eventually("the new path", () => {
    const { sources } = storeContent(storePath(home.path));
    return sources.length === 1 && sources[0]!.path === moved.path && sources[0]!.status === "synced";
  });
  moved.turn("after");
  await eventually("the new line", async () => (await prompts(home.path)).includes("after"));
  assertEquals(await prompts(home.path), ["after", "before"]);
  assertEquals(storeContent(storePath(home.path)).copies, []);
});
