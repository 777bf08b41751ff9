import { assert, assertEquals } from "@std/assert";
import { copilot } from "../../../src/agents/copilot.ts";
import type { EventDraft } from "../../../src/events/event.ts";
import { checkAdapter, parseAll } from "../harness.ts";
import { request, session } from "./sessions.ts";

const DATABASE = "0123/state.vscdb";
const DOCUMENT = "0123/chatSessions/11111111-2222-4333-8444-555555555555.json";

/** A request as the editor kept it before 2025. */
const old = (message: string, given = {}) => ({
  message,
  response: [{ value: `Answer to ${message}` }],
  isCanceled: false,
  ...given,
});

const told = (events: readonly EventDraft[]) => events.map((event) => JSON.stringify(event));

Deno.test("a session in a window's database makes the events that it makes as a document, under the same ids", () => {
  const sessions = [
    session([request("a", 1_740_000_001_000), request("b", 1_740_000_002_000, { isCanceled: true })]),
    session([old("Hi"), old("Hi"), old("Bye", { responseErrorDetails: { message: "No quota" } })], {
      sessionId: "22222222-2222-4333-8444-555555555555",
    }),
  ];
  const events = checkAdapter(copilot, DATABASE, sessions.map((session) => ({ session })));
  const documents = sessions.flatMap((session) => parseAll(copilot, DOCUMENT, [session]).events);
  assertEquals(told(events).toSorted(), told(documents).toSorted());
  assertEquals(new Set(events.map(({ id }) => id)).size, events.length);
});

Deno.test("a request without a time keeps its ids when the editor draws it an id of its own", () => {
  const requests = [old("Go on"), old("What?"), old("Go on"), old("Read it", { requestId: "request_kept" })];
  const kept = parseAll(copilot, DATABASE, [{ session: session(requests) }]).events;
  const opened = requests.map(({ message, ...rest }, index) => ({
    requestId: `request_drawn_${index}`,
    ...rest,
    message: { text: message, parts: [] },
    timestamp: -1,
    modelState: { value: 1, completedAt: 1_770_000_000_000 },
  }));
  const file = parseAll(copilot, DOCUMENT, [session(opened)]).events;
  assertEquals(file.map(({ id }) => id), kept.map(({ id }) => id));
  assertEquals(kept.filter(({ type }) => type === "llm_request").map(({ timestamp }) => timestamp), [
    ...Array(4).fill(1_770_000_000_000),
  ]);
});

Deno.test("what is no session is counted, and spoils nothing beside it", () => {
  const { sessionId: _, ...nameless } = session([request("a", 1_740_000_001_000)]);
  const records = [
    nameless,
    "[half",
    { sessionId: "x", requests: {} },
    session([{ requestId: undefined }, old("Hi")]),
  ];
  const { events, unknown } = parseAll(copilot, DATABASE, records.map((session) => ({ session })));
  assertEquals(unknown, { "shape:session": 2, "damaged:no-session": 1, "shape:request": 1 });
  assertEquals(events.map(({ type }) => type), ["session_start", "llm_request", "llm_response"]);
});

Deno.test("classify() takes the databases of windows and of all windows after all files, and none of Cursor's", () => {
  for (const path of [DATABASE, "state.vscdb", "workspaceStorage/0123/state.vscdb"]) {
    const root = "/home/u/.config/Code/User/workspaceStorage";
    assertEquals(copilot.classify(path, root), { format: "database", twin: path, rank: 3 });
    assertEquals(copilot.classify(path, root.replace("Code", "Cursor")), undefined);
  }
  assertEquals(copilot.classify(DATABASE, "C:\\Users\\u\\AppData\\Roaming\\Cursor\\User"), undefined);
  assert(copilot.classify("0123/chatSessions/s.json", "/home/u/.config/Cursor/User/workspaceStorage"));
  assertEquals(copilot.classify("0123/state.vscdb.backup"), undefined);
  assertEquals(copilot.classify("storage.json"), undefined, "what an editor knows of itself is no session");
  assertEquals(copilot.companions!(DATABASE, () => []), ["0123/workspace.json"]);
  assertEquals(copilot.companions!("state.vscdb", () => []), []);
  assertEquals(copilot.isFlat!("/home/u/.config/Code/User/globalStorage"), true);
  const below = ["github.copilot-chat", "emptyWindowChatSessions"];
  assertEquals(below.filter((path) => copilot.enters(path)), []);
  assert(copilot.enters("globalStorage/emptyWindowChatSessions"));
});
