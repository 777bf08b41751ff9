import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { join } from "node:path";
import { HEAD_LENGTH, TAIL_LENGTH } from "../../src/sources/cursor.ts";
import { skipUnless } from "../skips.ts";
import { ClaudeSession, CodexSession, type Session } from "./agent_homes.ts";
import { prompts, query, storePath, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";
import { storeContent } from "./store_content.ts";
import { filesOf, type FileUse, tracing } from "./traced_files.ts";

/** Head and tail of what was read are compared before reading on, bytes. */
const IDENTITY_CHECK = HEAD_LENGTH + TAIL_LENGTH;

Deno.test({
  name: "a second start opens no file that has not changed [needs strace]",
  ...skipUnless("strace"),
  fn: async () => {
    using home = temporaryHome();
    const sessions: Session[] = [1, 2, 3].map((number) => new ClaudeSession(home.path, number).turn("once"));
    sessions.push(new CodexSession(home.path, 1).turn("once"));
    await Promise.all(sessions.map(({ path }) => oldEnough(path)));
    assertEquals((await traced(home.path)).size, 4, "the first start opens all of them");
    const before = storeContent(storePath(home.path));
    assertEquals(await traced(home.path), new Map());
    assertEquals(storeContent(storePath(home.path)), before);
  },
});

Deno.test({
  name: "a second start reads of a file that grew its new bytes alone [needs strace]",
  ...skipUnless("strace"),
  fn: async () => {
    using home = temporaryHome();
    const unchanged = new ClaudeSession(home.path, 1).turn("once");
    const grown: readonly Session[] = [
      new ClaudeSession(home.path, 2).turn("x".repeat(100_000)),
      new CodexSession(home.path, 1).turn("y".repeat(100_000)),
    ];
    await Promise.all([unchanged, ...grown].map(({ path }) => oldEnough(path)));
    await sync(home.path);
    const sizes = grown.map(({ path }) => Deno.statSync(path).size);
    for (const session of grown) session.turn("more");
    const files = await traced(home.path);
    assertEquals([...files.keys()].sort(), grown.map(({ path }) => path).sort());
    grown.forEach(({ path }, index) => {
      const { opens, bytesRead } = files.get(path)!;
      const added = Deno.statSync(path).size - sizes[index]!;
      assertEquals(opens, 1, callsOn(home.path, path));
      assertGreaterOrEqual(bytesRead, added);
      assertLessOrEqual(bytesRead, added + IDENTITY_CHECK);
    });
    assertEquals((await prompts(home.path)).filter((prompt) => prompt === "more").length, 2);
  },
});

Deno.test("a file that was cut and written anew is read from its start, and what it had is kept", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("first").turn("second");
  await sync(home.path);
  const text = Deno.readTextFileSync(session.path);
  Deno.writeTextFileSync(session.path, text.slice(0, text.length / 2).replace(/\n[^\n]*$/, "\n"));
  session.turn("third");
  await sync(home.path);
  assertEquals(await prompts(home.path), ["first", "second", "third"]);
});

Deno.test("a line counts when its end has arrived", async () => {
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1).turn("first");
  const other = new ClaudeSession(home.path, 1, { project: "/elsewhere" }).turn("first").turn("second");
  const line = Deno.readTextFileSync(other.path).split("\n")[2]!;
  Deno.removeSync(other.path);
  session.raw(line.slice(0, 50));
  await sync(home.path);
  assertEquals(await prompts(home.path), ["first"]);
  session.raw(`${line.slice(50)}\n`);
  await sync(home.path);
  assertEquals(await prompts(home.path), ["first", "second"]);
  const requests = await query(home.path, "--type", "llm_request");
  assertEquals(requests.map(({ revision }) => revision), [1, 1]);
});

/** Runs `start --once` and returns what it did with the files of sessions. */
async function traced(home: string): Promise<ReadonlyMap<string, FileUse>> {
  const log = join(home, "strace.log");
  const { code, stderr } = await run(["start", "--once"], { home, under: tracing(log) });
  assertEquals(code, 0, stderr);
  return filesOf(log, (path) => path.endsWith(".jsonl"));
}

/** What the last traced program did with a file, call by call. */
function callsOn(home: string, path: string): string {
  const lines = Deno.readTextFileSync(join(home, "strace.log")).split("\n");
  return lines.filter((line) => line.includes(path) || line.includes("openat resumed")).join("\n");
}

/** Waits until a file is so old that it can't change any more without a new time. */
async function oldEnough(path: string): Promise<void> {
  await eventually(`a file of three seconds`, () => Date.now() - Deno.statSync(path).ctime!.getTime() > 3000);
}
