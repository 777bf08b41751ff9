import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { basename, dirname, join } from "node:path";
import { skipUnless } from "../skips.ts";
import { compress } from "../sources/zstd.ts";
import { age, ClaudeSession, CodexSession } from "./agent_homes.ts";
import { prompts, query, startUpToDate, statusOf, storePath } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { spawn, temporaryHome } from "./program.ts";
import { storeContent } from "./store_content.ts";

Deno.test("a line written while history is still syncing is in the store and in query at once", async () => {
  using home = temporaryHome();
  const text = "All work and no play makes Jack a dull boy. ".repeat(1200);
  for (let number = 10; number < 800; number++) {
    new ClaudeSession(home.path, number).turn(`${number} ${text}`);
  }
  const live = new ClaudeSession(home.path, 1, { project: "/home/ada/live" }).turn("before");
  // History goes by age: the one that grows would come last.
  age(live.path, 1);

  await using running = spawn(["start"], { home: home.path });
  // Roots are watched before anything is read.
  await eventually("the first stored event", () => storeContent(storePath(home.path)).events.length > 0);
  live.turn("while it syncs");
  await eventually(
    "the line in query",
    async () => (await livePrompts(home.path)).includes("while it syncs"),
  );

  await running.line(/^up to date/);
  assertEquals(await livePrompts(home.path), ["before", "while it syncs"]);
  const { ofLive, last } = sequence(storePath(home.path));
  assertLess(ofLive, last, "the line came only after the history");
});

async function livePrompts(home: string): Promise<readonly string[]> {
  const events = await query(home, "--type", "llm_request", "--workspace", "/home/ada/live");
  return events.map((event) => event.type === "llm_request" ? event.data.prompt : "").sort();
}

/** The sequence number of the last event of the live project, and that of the last of all. */
function sequence(path: string): { readonly ofLive: number; readonly last: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const row = database.prepare(
      `select max(seq) as last, max(seq) filter (where text = '/home/ada/live') as of_live
       from events join names on names.id = events.workspace`,
    ).get()!;
    return { ofLive: row.of_live as number, last: row.last as number };
  } finally {
    database.close();
  }
}

Deno.test("what appears while start runs is found: lines, sessions, projects, agents", async (test) => {
  using home = temporaryHome();
  const known = new ClaudeSession(home.path, 1).turn("known");
  await using running = await startUpToDate(home.path);
  const arrives = async (prompt: string) =>
    await eventually(`"${prompt}"`, async () => (await prompts(home.path)).includes(prompt));

  await test.step("a line of a known session", async () => {
    known.turn("line");
    await arrives("line");
  });
  await test.step("a session in a known project", async () => {
    new ClaudeSession(home.path, 2).turn("session");
    await arrives("session");
  });
  await test.step("a project", async () => {
    new ClaudeSession(home.path, 3, { project: "/home/ada/new" }).turn("project");
    await arrives("project");
  });
  await test.step("an agent", async () => {
    new CodexSession(home.path, 1).turn("agent");
    await arrives("agent");
  });
  await test.step("a line of the new agent, told of by the system", async () => {
    await eventually("the watch", async () => (await statusOf(home.path)).collector.watching === "events");
    new CodexSession(home.path, 2).turn("again");
    await arrives("again");
  });
  assertEquals((await query(home.path)).length, 6 * 2 + 5);
  assertMatch(running.output.stderr, /^up to date: 1 source, [^\n]*\n[^\n]*\n$/);
});

Deno.test("an agent that writes its first session while start runs in an empty home is found", async () => {
  using home = temporaryHome();
  await using _ = await startUpToDate(home.path);
  new ClaudeSession(home.path, 1).turn("first ever");
  await eventually("the session", async () => (await prompts(home.path)).length === 1);
});

Deno.test("a session that moves to archived_sessions keeps its cursor, and no event comes twice", async () => {
  using home = temporaryHome();
  const session = new CodexSession(home.path, 1).turn("before");
  await using _ = await startUpToDate(home.path);
  const before = storeContent(storePath(home.path));
  const archived = join(home.path, ".codex", "archived_sessions", basename(session.path));
  Deno.mkdirSync(dirname(archived));
  Deno.renameSync(session.path, archived);
  await eventually("the new path", () => storeContent(storePath(home.path)).sources[0]?.path === archived);
  await eventually("its synced state", () => {
    const [source] = storeContent(storePath(home.path)).sources;
    return source?.status === "synced" && source.gone === 0;
  });
  const after = storeContent(storePath(home.path));
  assertEquals(after.events, before.events);
  assertEquals(after.sources, before.sources.map((source) => ({ ...source, path: archived })));
});

// Where there is none such a source is refused, which has its own test.
Deno.test({
  name:
    "a session that is compressed and its plain file removed keeps its cursor, and no event comes twice " +
    "[needs deno-zstd]",
  ...skipUnless("deno-zstd"),
  fn: readsCompressed,
});

async function readsCompressed(): Promise<void> {
  using home = temporaryHome();
  const session = new CodexSession(home.path, 1).turn("before");
  await using _ = await startUpToDate(home.path);
  const before = storeContent(storePath(home.path));
  const compressed = `${session.path}.zst`;
  Deno.writeFileSync(compressed, compress(Deno.readFileSync(session.path)));
  Deno.removeSync(session.path);
  await eventually("the compressed source", () => {
    const [source] = storeContent(storePath(home.path)).sources;
    return source?.path === compressed && source.status === "synced" && source.gone === 0;
  });
  const after = storeContent(storePath(home.path));
  assertEquals(after.events, before.events);
  assertEquals(after.copies, before.copies);
  assertEquals(
    after.sources.map(({ byte_offset: at }) => at),
    before.sources.map(({ byte_offset: at }) => at),
  );
}

Deno.test({
  name:
    "a compressed session that is cut is read as soon as it is whole, not after ten minutes [needs deno-zstd]",
  ...skipUnless("deno-zstd"),
  fn: async () => {
    using home = temporaryHome();
    const session = new CodexSession(home.path, 1).turn("first").turn("second");
    const path = `${session.path}.zst`;
    const whole = compress(Deno.readFileSync(session.path));
    Deno.removeSync(session.path);
    Deno.writeFileSync(path, whole.subarray(0, whole.length - 20));
    await using _ = await startUpToDate(home.path);
    const failure = async () => (await statusOf(home.path)).sync.failures[0];
    assertMatch((await failure())!.error, /is cut or damaged/);
    await eventually("its being left alone", async () => (await failure())!.nextTry! > Date.now() + 300_000);
    Deno.writeFileSync(path, whole);
    await eventually("the session", async () => (await prompts(home.path)).length === 2);
    assertEquals(await prompts(home.path), ["first", "second"]);
    assertEquals((await statusOf(home.path)).sync.failed, 0);
  },
});

Deno.test({
  name: "a session that may not be read is read as soon as it may be [needs unix] [needs not-root]",
  ...skipUnless("unix", "not-root"),
  fn: async () => {
    using home = temporaryHome();
    const session = new ClaudeSession(home.path, 1).turn("secret");
    Deno.chmodSync(session.path, 0);
    await using _ = await startUpToDate(home.path);
    const { failures } = (await statusOf(home.path)).sync;
    assertMatch(failures[0]!.error, /may not be read by this user/);
    Deno.chmodSync(session.path, 0o600);
    await eventually("the session", async () => (await prompts(home.path)).length === 1);
  },
});

Deno.test("a session file that is deleted keeps its events, and status says that it is gone", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("kept");
  await using _ = await startUpToDate(home.path);
  Deno.removeSync(session.path);
  await eventually("its being gone", async () => (await statusOf(home.path)).sync.gone === 1);
  assertEquals(await prompts(home.path), ["kept"]);
});

Deno.test("a profile that is added to the configuration while start runs is read without a restart", async () => {
  using home = temporaryHome();
  new ClaudeSession(home.path, 1).turn("at home");
  await using _running = await startUpToDate(home.path);
  const other = join(home.path, "other");
  new ClaudeSession(other, 2).turn("of the other profile");
  const paths = [join(home.path, ".claude", "projects"), join(other, ".claude", "projects")];
  Deno.writeTextFileSync(
    join(home.path, ".devlog", "config.yaml"),
    `agents: { claude-code: { paths: ${JSON.stringify(paths)} } }\n`,
  );
  await eventually("its history", async () => (await prompts(home.path)).length === 2);
  new ClaudeSession(other, 3, { project: "/home/ada/other" }).turn("new there");
  await eventually("what is new there", async () => (await prompts(home.path)).includes("new there"));
});
