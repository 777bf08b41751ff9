/**
 * What a corpus says of its files: `EXPECTED.md` holds counts that were taken from the raw files without any parser.
 *
 * @module
 */

/** What is counted of one file. */
export interface Counts {
  /** What people, parent agents and the program on their behalf typed or sent. */
  readonly prompts: number;
  /** Distinct tool calls. */
  readonly calls: number;
  /** Tokens in, without those of a cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

/** The agents whose files are counted, by the folder of the corpus that holds them. */
export type CorpusAgent =
  | "claude-code"
  | "codex"
  | "github-copilot"
  | "copilot-traces"
  | "copilot-cli"
  | "cline"
  | "continue"
  | "cursor"
  | "gemini-cli"
  | "opencode"
  | "pi"
  | "openclaw"
  | "openhands"
  | "kiro-cli"
  | "mistral-vibe"
  | "gptme"
  | "aider";

/** One file of the corpus. */
export interface ExpectedFile {
  /** Path below the corpus. */
  readonly path: string;
  readonly agent: CorpusAgent;
  /** What was counted; prompts always are. */
  readonly counts: Partial<Counts> & Pick<Counts, "prompts">;
}

/**
 * The files of the agents that are counted, with their counts. A section starts with `` ### `path` ``; its lines are read as the
 * counting script wrote them.
 *
 * @throws {Error} when a section lacks a count
 */
export function parseExpected(text: string): readonly ExpectedFile[] {
  return text.split(/^### /m).slice(1).flatMap((section) => {
    const path = /^`([^`]+)`/.exec(section)?.[1];
    const agent = path?.endsWith("/traces.db") ? "copilot-traces" : AGENTS[path?.split("/", 1)[0] ?? ""];
    if (path === undefined || agent === undefined) return [];
    // Beside its sessions the folder of Copilot holds other things.
    if (agent === "github-copilot" && !section.includes(REQUESTS)) return [];
    if (agent === "continue" && path.endsWith("/sessions.json")) return [];
    // What one request used, and no conversation.
    if (agent === "openhands" && !path.endsWith("/events")) return [];
    try {
      return [{ path, agent, counts: READ[agent](section) }];
    } catch (cause) {
      throw new Error(`EXPECTED.md: ${path}: ${(cause as Error).message}`, { cause });
    }
  });
}

const AGENTS: Readonly<Record<string, CorpusAgent | undefined>> = {
  "claude-code": "claude-code",
  "codex": "codex",
  "copilot-vscode": "github-copilot",
  "copilot-cli": "copilot-cli",
  "cline": "cline",
  "continue": "continue",
  "cursor": "cursor",
  "gemini-cli": "gemini-cli",
  "opencode": "opencode",
  "pi": "pi",
  "openclaw": "openclaw",
  "openhands": "openhands",
  "kiro-cli": "kiro-cli",
  "vibe": "mistral-vibe",
  "gptme": "gptme",
  "aider": "aider",
};

const READ: Readonly<Record<CorpusAgent, (section: string) => ExpectedFile["counts"]>> = {
  "claude-code": readClaude,
  "codex": readCodex,
  "github-copilot": readCopilot,
  "copilot-traces": readCopilotTraces,
  "copilot-cli": readCopilotCli,
  "cline": readCline,
  "continue": readContinue,
  "cursor": readCursor,
  "gemini-cli": readGemini,
  "opencode": readOpenCode,
  "pi": readPi,
  "openclaw": readPi,
  "openhands": readOpenHands,
  "kiro-cli": readKiro,
  "mistral-vibe": readVibe,
  "gptme": readGptme,
  "aider": readAider,
};

const REQUESTS = "requests (= user messages)";

/** Tokens were not counted. */
function readCopilot(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, REQUESTS),
    calls: numberAfter(section, "model tool calls in result.metadata.toolCallRounds"),
  };
}

/** What went in was counted with what came from a cache, of which a session knows nothing. */
function readCopilotTraces(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "('invoke_agent',"),
    output: Number(/\(input, output, cached\) \(\d+, (\d+),/.exec(section)?.[1]),
  };
}

/** What went in is counted by its ends alone, and none of these sessions has one that does. */
function readCopilotCli(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "- user.message"),
    calls: numberAfter(section, "distinct toolCallId"),
    output: numberAfter(section, "outputTokens summed"),
  };
}

/** A message of the user is typed, or holds the results of calls, one each. What came from a cache was not counted. */
function readCline(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, ", user") - numberAfter(section, "tool_result"),
    calls: numberAfter(section, "tool_use"),
    output: Number(/metrics sum input \d+ output (\d+)/.exec(section)?.[1]),
  };
}

function readContinue(section: string): ExpectedFile["counts"] {
  return { prompts: numberAfter(section, ", user"), calls: Number(/\(calls (\d+)\)/.exec(section)?.[1]) };
}

function readCursor(section: string): ExpectedFile["counts"] {
  if (section.includes("; roles ")) return readTranscript(section);
  return {
    prompts: numberAfter(section, "messages with non-empty text: user"),
    calls: numberAfter(section, "tool calls with a name"),
    input: numberAfter(section, "(input"),
    output: Number(/\(input \d+, output (\d+)\)/.exec(section)?.[1]),
  };
}

/** A message of the user is typed, or holds the results of calls. Only what is there was counted. */
function readTranscript(section: string): ExpectedFile["counts"] {
  const of = (words: RegExp) => Number(words.exec(section)?.[1] ?? 0);
  return {
    prompts: of(/\buser (\d+)/) - of(/\btool[_-]result (\d+)/),
    calls: of(/\btool_use (\d+)/) + of(/\btool_call (\d+)/),
  };
}

/** Roles and kinds of parts were counted, no tokens. */
function readOpenCode(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "('user',"),
    calls: section.includes("('tool',") ? numberAfter(section, "('tool',") : 0,
  };
}

/** Gemini counts what came from a cache as part of what went in, and what was thought beside what came out. */
function readGemini(section: string): Counts {
  const used = (name: string) => section.includes(`'${name}':`) ? numberAfter(section, `'${name}':`) : 0;
  return {
    prompts: /; distinct ids/.test(section) && /\buser \d/.test(section) ? numberAfter(section, "user") : 0,
    calls: numberAfter(section, "tool calls"),
    input: used("input") + used("tool") - used("cached"),
    output: used("output") + used("thoughts"),
    cacheWrite: 0,
    cacheRead: used("cached"),
  };
}

function readPi(section: string): Counts {
  const tokens = section.split("\n").find((line) => line.startsWith("- tokens, sum over assistant messages"));
  if (tokens === undefined) throw new Error("no line of tokens");
  return {
    prompts: numberAfter(section, "prompts (role user)"),
    calls: numberAfter(section, "distinct tool calls"),
    input: numberAfter(tokens, "input"),
    output: numberAfter(tokens, "output"),
    cacheWrite: numberAfter(tokens, "cacheWrite"),
    cacheRead: numberAfter(tokens, "cacheRead"),
  };
}

/** Of a folder with a file for each event. The call that ends a turn is an answer. */
function readOpenHands(section: string): ExpectedFile["counts"] {
  const ends = Number(/\bfinish (\d+)/.exec(section)?.[1] ?? 0);
  return {
    prompts: numberAfter(section, "- prompts"),
    calls: numberAfter(section, "distinct tool_call_id") - ends,
  };
}

function readKiro(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "after de-duplication: prompts"),
    calls: numberAfter(section, "distinct toolUseId"),
  };
}

/** A rewind copies messages with their ids. */
function readVibe(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "(distinct message_id"),
    calls: Number(/tool calls \d+ \(distinct (\d+)\)/.exec(section)?.[1]),
  };
}

function readGptme(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, "roles user"),
    input: numberAfter(section, "'input_tokens':"),
    output: numberAfter(section, "'output_tokens':"),
    cacheRead: numberAfter(section, "'cache_read_tokens':"),
  };
}

/** What is typed may have several lines; an edit is a call. */
function readAider(section: string): ExpectedFile["counts"] {
  return {
    prompts: numberAfter(section, 'groups of adjacent "#### " lines'),
    calls: numberAfter(section, '"Applied edit to"'),
  };
}

function readClaude(section: string): Counts {
  const tokens = section.split("\n").find((line) => line.startsWith("- tokens, last line per"));
  if (tokens === undefined) throw new Error("no line of tokens");
  return {
    prompts: numberAfter(section, "user prompts"),
    calls: numberAfter(section, "distinct tool_use ids"),
    input: numberAfter(tokens, "input"),
    output: numberAfter(tokens, "output"),
    cacheWrite: numberAfter(tokens, "cache creation"),
    cacheRead: numberAfter(tokens, "cache read"),
  };
}

/** Codex counts tokens of the cache as part of its input, and names none that it wrote there. */
function readCodex(section: string): Counts {
  const words = "sum of last_token_usage without repeats {";
  const at = section.indexOf(words);
  if (at < 0) throw new Error(`no "${words}"`);
  const sum = section.slice(at + words.length, section.indexOf("}", at));
  // `{}` where nothing was used, and no key where nothing was cached.
  const used = (name: string) => sum.includes(`'${name}':`) ? numberAfter(sum, `'${name}':`) : 0;
  return {
    prompts: numberAfter(section, "user_message events"),
    calls: numberAfter(section, "tool calls (distinct call ids)"),
    input: used("input_tokens") - used("cached_input_tokens"),
    output: used("output_tokens"),
    cacheWrite: 0,
    cacheRead: used("cached_input_tokens"),
  };
}

function numberAfter(text: string, words: string): number {
  const at = text.indexOf(`${words} `);
  const digits = at < 0 ? undefined : /^\d+/.exec(text.slice(at + words.length + 1))?.[0];
  if (digits === undefined) throw new Error(`no number after "${words}"`);
  return Number(digits);
}
