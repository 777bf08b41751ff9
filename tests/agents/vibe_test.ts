import { assertEquals } from "@std/assert";
import { vibe } from "../../src/agents/vibe.ts";
import type { EventDraft } from "../../src/events/event.ts";
import { readable } from "./readable.ts";

const SESSION = "session_20260504_100000_aaaa1111";
const PARENT_ID = "aaaa1111-0000-4000-8000-00000000000c";
const STATS = { session_prompt_tokens: 40, session_completion_tokens: 4 };

/** The events of a session in a folder, in the order in which they were emitted; a start that changed comes again. */
function tell(folder: string, messages: readonly object[], meta?: object): readonly EventDraft[] {
  const events: EventDraft[] = [];
  const source = { relativePath: `${folder}/messages.jsonl`, companions: { "meta.json": meta } };
  const emit = (event: EventDraft) => void events.push(structuredClone(event));
  let state: unknown;
  for (const [position, message] of messages.entries()) {
    const parser = readable(vibe).parser(source, emit, state);
    parser.record(message as Record<string, unknown>, position);
    parser.flush();
    state = JSON.parse(JSON.stringify(parser.state!()));
  }
  return events;
}

function user(content: string, fields: object = {}): object {
  return { role: "user", content, injected: false, ...fields };
}

function startOf(events: readonly EventDraft[]): EventDraft {
  return events.findLast(({ type }) => type === "session_start")!;
}

Deno.test("a session of Mistral Vibe names the one that it goes on from as that is called", () => {
  const { sessionId } = startOf(tell(SESSION, [user("Hi")]));
  const next = startOf(
    tell("session_20260504_120000_bbbb2222", [user("Hi")], { parent_session_id: PARENT_ID, stats: STATS }),
  );
  assertEquals([sessionId, next.parentSessionId, next.sessionId], ["aaaa1111", "aaaa1111", "bbbb2222"]);
  // The tokens of the other are in its own.
  assertEquals(next.metrics, undefined);
});

Deno.test("a sub-agent of Mistral Vibe has its tokens, whether or not it names the session that started it", () => {
  const folder = `${SESSION}/agents/explore_20260504_100500_cccc3333`;
  for (const meta of [{ stats: STATS }, { parent_session_id: PARENT_ID, stats: STATS }]) {
    const { sessionId, parentSessionId, metrics } = startOf(tell(folder, [user("Look")], meta));
    assertEquals([sessionId, parentSessionId], ["cccc3333", "aaaa1111"]);
    assertEquals(metrics, { inputTokens: 40, outputTokens: 4 });
  }
});

Deno.test("the same said twice to Mistral Vibe of before 2.0, which wrote no ids, is two prompts", () => {
  const events = tell(SESSION, [user("continue"), user("continue"), user("continue")]);
  const keys = events.filter(({ type }) => type === "llm_request").map(({ key }) => key);
  assertEquals(new Set(keys).size, 3);
  const withId = tell(SESSION, [
    user("continue", { message_id: "m1" }),
    user("continue", { message_id: "m1" }),
  ]);
  assertEquals(new Set(withId.filter(({ type }) => type === "llm_request").map(({ key }) => key)).size, 1);
});

Deno.test("a prompt to Mistral Vibe is what was typed, and may be a picture", () => {
  const events = tell(SESSION, [
    user("Read a.txt: …", { message_id: "m1", user_display_content: { type: "text", text: "Read @a.txt" } }),
    user("", { message_id: "m2", images: [{ alias: "a.png" }] }),
    user("", { message_id: "m3" }),
  ]);
  assertEquals(events.filter(({ type }) => type === "llm_request").map(({ data }) => data), [
    { prompt: "Read @a.txt" },
    { prompt: "", attachments: [{ kind: "image" }] },
  ]);
});

Deno.test("a session of Mistral Vibe takes the title that its meta.json has by now", () => {
  assertEquals(startOf(tell(SESSION, [user("Hi")], { title: "Greetings" })).data, { title: "Greetings" });
});
