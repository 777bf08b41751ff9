import { assertEquals, assertThrows } from "@std/assert";
import { parseExpected } from "../../../scripts/corpus/expected.ts";

const CLAUDE = `### \`claude-code/a/s.jsonl\`
- user prompts 8 (of these slash-command or local-command envelopes: 4); isMeta user records 3
- assistant lines 42; distinct (message.id, requestId) 18; distinct tool_use ids 15; text blocks 11
- tokens, last line per (message.id, requestId), \`<synthetic>\` left out: input 138, output 72, cache creation 74296, cache read 729219; naive sum over all assistant lines would give input 340, output 133
- inside agent_progress: distinct (message.id, requestId) 7; tokens input 83, output 86, cache creation 1, cache read 2
`;
const CODEX = `### \`codex/b/rollout-1.jsonl\`
- user_message events 52; agent_message events 55; tool calls (distinct call ids) 329; outputs 329
- token_count events 380 (info null 0); last total_token_usage {'input_tokens': 9}; sum of last_token_usage without repeats {'input_tokens': 100, 'cached_input_tokens': 80, 'output_tokens': 7, 'reasoning_output_tokens': 5, 'total_tokens': 107}; naive sum of last_token_usage.total_tokens 107
`;

Deno.test("parseExpected() reads the counts of Claude Code and Codex files, and no others", () => {
  const text = `# EXPECTED\n## Claude Code\n${CLAUDE}## Codex CLI\n${CODEX}### \`pi/c.jsonl\`\n- lines 3\n`;
  assertEquals(parseExpected(text), [
    {
      path: "claude-code/a/s.jsonl",
      agent: "claude-code",
      counts: { prompts: 8, calls: 15, input: 138, output: 72, cacheWrite: 74296, cacheRead: 729219 },
    },
    {
      path: "codex/b/rollout-1.jsonl",
      agent: "codex",
      counts: { prompts: 52, calls: 329, input: 20, output: 7, cacheWrite: 0, cacheRead: 80 },
    },
  ]);
});

Deno.test("parseExpected() takes a Codex file that used nothing for zero", () => {
  const text = CODEX.replace(/without repeats \{[^}]*\}/, "without repeats {}");
  const { input, output, cacheRead } = parseExpected(text)[0]!.counts;
  assertEquals([input, output, cacheRead], [0, 0, 0]);
});

Deno.test("parseExpected() names the file whose count is missing", () => {
  assertThrows(
    () => parseExpected(CLAUDE.replace("distinct tool_use ids 15", "")),
    Error,
    'claude-code/a/s.jsonl: no number after "distinct tool_use ids"',
  );
});
