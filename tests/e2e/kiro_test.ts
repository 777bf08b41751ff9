import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { kiro } from "../../src/agents/kiro.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { query, sync } from "./collecting.ts";
import { temporaryHome } from "./program.ts";

/** How much later than its fixture Kiro writes, ms: older history would be left out. */
const LATER = Date.now() - 1_769_940_200_000;

const SESSION = "0a0a0a0a-0000-4000-8000-000000000001";
const PROJECT = "ff0a01d53d837e70275074a42c9709b5";
const SAVES = `${PROJECT}/414d1636299d2b9e4ce7e17fb11f63e9`;

/** By their fixtures, where Kiro writes what tells the same two turns. */
const FILES: Readonly<Record<string, string>> = {
  spine: `workspace-sessions/L2hvbWUvYWRhL3Nob3A_/${SESSION}.json`,
  execution: `${SAVES}/00000000000000000000000000000001`,
  context: `${SAVES}/00000000000000000000000000000002`,
  chat: `${PROJECT}/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d.chat`,
};

/** Kiro writes a file below its folder in a home. */
function write(home: string, relativePath: string, text: string): void {
  const environment = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined);
  const [, , folder] = kiro.roots({ ...environment, windowsHomes: [] });
  const path = join(folder!, relativePath);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text.replace(/\b17699[34]\d{7}\b/g, (time) => String(Number(time) + LATER)));
}

function writeFixture(home: string, name: string): void {
  write(
    home,
    FILES[name]!,
    Deno.readTextFileSync(new URL(`../fixtures/kiro/${name}.jsonl`, import.meta.url)),
  );
}

/** The type, the session and the words of each event. */
async function told(home: string): Promise<readonly string[]> {
  const events = await query(home, "--agent", "kiro");
  assertEquals(new Set(events.map(({ workspace }) => workspace)), new Set(["/home/ada/shop"]));
  return events.map(({ type, sessionId, data }) => {
    const { prompt, text, tool } = data as Record<string, unknown>;
    const session = sessionId === SESSION ? "session" : sessionId.slice(0, 4);
    return `${type} ${session} ${prompt ?? text ?? tool ?? ""}`;
  }).toSorted();
}

/** Kiro lists the session of the fixtures. */
function list(home: string): void {
  const facts = { sessionId: SESSION, title: "Run ls", workspaceDirectory: "/home/ada/shop" };
  write(home, "workspace-sessions/L2hvbWUvYWRhL3Nob3A_/sessions.json", JSON.stringify([facts]));
}

const CALLS_OF_FIRST = [
  "command_execution session runCommand",
  "command_execution session runCommand",
  "error_encountered session ",
  "file_modify session replace",
  "file_read session readFiles",
  "file_write session create",
];

Deno.test("what a session, an execution and a chat of Kiro tell of one turn is told once, by the one that knows most", async () => {
  const order = ["chat", "spine", "execution", "context"];
  for (const names of [order, order.toReversed()]) {
    using home = temporaryHome();
    list(home.path);
    for (const name of names) {
      writeFixture(home.path, name);
      await sync(home.path);
    }
    assertEquals(
      await told(home.path),
      [
        ...CALLS_OF_FIRST,
        "file_read session readFile",
        "file_write session fsWrite",
        "llm_request session And what is in it?",
        "llm_request session No",
        "llm_request session Run ls",
        "llm_response session Anything else?",
        "llm_response session Good bye.",
        "llm_response session I look.\n\nOne line.",
        "llm_response session I run it.\n\nTwo files.",
        "session_start session ",
        "tool_use session look_up",
        "tool_use session readFiles",
      ].toSorted(),
    );
  }
});

Deno.test("of several chats of one turn of Kiro the longest is shown", async () => {
  using home = temporaryHome();
  list(home.path);
  const whole = JSON.parse(
    Deno.readTextFileSync(new URL("../fixtures/kiro/chat.jsonl", import.meta.url)),
  ) as { chat: readonly object[] };
  for (const [index, end] of [8, 10, 9].entries()) {
    write(
      home.path,
      `${PROJECT}/${index}.chat`,
      JSON.stringify({ ...whole, chat: whole.chat.slice(0, end) }),
    );
  }
  await sync(home.path);
  assertEquals(await told(home.path), [
    "llm_request 0c0c And what is in it?",
    "llm_response 0c0c I look.\n\nOne line.",
  ]);
});
