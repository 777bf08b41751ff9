import { assertEquals } from "@std/assert";
import { Conversation } from "../../src/agents/conversation.ts";
import type { EventDraft } from "../../src/events/event.ts";

Deno.test("Conversation.result() is of the last call of that id when ids are counted anew", () => {
  const emitted: EventDraft[] = [];
  const emit = (event: EventDraft) => void emitted.push(structuredClone(event));
  const conversation = new Conversation(emit, { tools: {}, anchor: "session" }, "session-1");
  const call = (key: string, position: number) =>
    conversation.call(key, { timestamp: 1, position }, { tool: "Bash", callId: "Bash_0", args: key });
  call("step-1:Bash_0", 1);
  // Told again, it is the same.
  call("step-1:Bash_0", 2);
  // It was cancelled: there is no result of it.
  call("step-2:Bash_0", 3);
  conversation.result("Bash_0", { result: "done" });
  assertEquals(emitted.map(({ position, data }) => [position, data]), [
    [1, { tool: "Bash", callId: "Bash_0", arguments: "step-1:Bash_0" }],
    [3, { tool: "Bash", callId: "Bash_0", arguments: "step-2:Bash_0", result: "done" }],
  ]);
});
