import { assertEquals } from "@std/assert";
import { countEvents, countOtherPrompts } from "../../../scripts/corpus/counts.ts";

Deno.test("countEvents() counts prompts, calls and tokens", () => {
  const counts = countEvents([
    { type: "llm_request", data: { prompt: "a" } },
    { type: "user_interaction", data: { action: "slash_command", text: "/b" } },
    { type: "user_interaction", data: { action: "deny" } },
    { type: "file_read", data: { tool: "Read" } },
    { type: "command_execution", data: { tool: "Bash" }, metrics: { durationMs: 9 } },
    { type: "llm_response", data: {}, metrics: { inputTokens: 1, outputTokens: 2, cacheWriteTokens: 3 } },
    { type: "llm_response", data: {}, metrics: { inputTokens: 10, cacheReadTokens: 4 } },
  ]);
  assertEquals(counts, { prompts: 2, calls: 2, input: 11, output: 2, cacheWrite: 3, cacheRead: 4 });
});

Deno.test("countOtherPrompts() counts what Claude Code writes beside user records", () => {
  const lines = [
    { type: "user" },
    { type: "system", subtype: "local_command" },
    { type: "system", subtype: "turn_duration" },
    { type: "attachment", attachment: { type: "queued_command" } },
    { type: "attachment", attachment: { type: "skill_listing" } },
    null,
  ].map((record) => JSON.stringify(record));
  const text = [...lines, '{"type":"att'].join("\n");
  assertEquals(countOtherPrompts("claude-code", text), 2);
});

Deno.test("countOtherPrompts() counts what people wrote in a Codex file without user_message events", () => {
  const message = (role: string, text: string) => ({
    type: "response_item",
    payload: { type: "message", role, content: [{ type: "input_text", text }] },
  });
  const lines = [
    message("developer", "Be kind."),
    message("user", "# AGENTS.md instructions for /a"),
    message("user", "<environment_context>"),
    message("user", "Say hello"),
    message("assistant", "Hello"),
  ];
  const text = lines.map((record) => JSON.stringify(record)).join("\n");
  assertEquals(countOtherPrompts("codex", text), 1);
  const event = JSON.stringify({
    type: "event_msg",
    payload: { type: "user_message", message: "Say hello" },
  });
  assertEquals(countOtherPrompts("codex", `${text}\n${event}`), 0);
});
