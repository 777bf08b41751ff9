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

const GEMINI = `### \`gemini-cli/d/full.jsonl\` (single JSON document)
- messages 8: gemini 6, info 1, user 1; distinct ids 8; tool calls 4 (run_shell_command 3, write_file 1); tokens summed {'input': 62895, 'output': 309, 'cached': 50471, 'thoughts': 464, 'tool': 0, 'total': 63668}
`;
const PI = `### \`pi/e.jsonl\`
- prompts (role user) 4; responses (role assistant) 8
- distinct tool calls 4 (bash 4); distinct tool results 4
- tokens, sum over assistant messages of all branches: input 10671, output 181, cacheRead 50688, cacheWrite 2, reasoning (part of output) 0
`;

Deno.test("parseExpected() reads the counts of the agents that it knows, and of no others", () => {
  const text =
    `# EXPECTED\n## Claude Code\n${CLAUDE}## Codex CLI\n${CODEX}### \`junie/c.jsonl\`\n- lines 3\n${GEMINI}${PI}`;
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
    {
      path: "gemini-cli/d/full.jsonl",
      agent: "gemini-cli",
      counts: { prompts: 1, calls: 4, input: 12424, output: 773, cacheWrite: 0, cacheRead: 50471 },
    },
    {
      path: "pi/e.jsonl",
      agent: "pi",
      counts: { prompts: 4, calls: 4, input: 10671, output: 181, cacheWrite: 2, cacheRead: 50688 },
    },
  ]);
});

Deno.test("parseExpected() counts a call of OpenHands that ends a turn as an answer", () => {
  const text = `### \`openhands/x/events\`
- event files 14, bytes 72724; kinds MessageEvent 7, ActionEvent 3
- prompts 4; agent messages 3; tool calls 3 (distinct tool_call_id 3; terminal 2, finish 1); observations 3
`;
  assertEquals(parseExpected(text), [
    { path: "openhands/x/events", agent: "openhands", counts: { prompts: 4, calls: 2 } },
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
