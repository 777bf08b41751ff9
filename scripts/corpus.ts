// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Holds the program against a corpus of real transcripts: each file is laid out as the home of its agent, synced by the
 * real program and queried, and what comes out is counted beside what `EXPECTED.md` says.
 *
 * `deno run -A scripts/corpus.ts CORPUS_DIR [PART]`: a PART limits the run to the files whose path holds it. `DEVLOG_BIN`
 * names a compiled program to use instead of the source. Ends with `N matched, N differ`. Exit codes: 0 all matched, 1
 * something differs, 2 wrong usage.
 *
 * @module
 */

import { dirname } from "node:path";
import { type CountedEvent, countEvents, countOtherPrompts } from "./corpus/counts.ts";
import { type CorpusAgent, type Counts, type ExpectedFile, parseExpected } from "./corpus/expected.ts";

const COLUMNS = [
  "prompts",
  "calls",
  "input",
  "output",
  "cacheWrite",
  "cacheRead",
] as const satisfies readonly (keyof Counts)[];

/** Names a rollout that the corpus keeps under another name. */
const ROLLOUT = "rollout-2025-01-01T00-00-00-00000000-0000-4000-8000-000000000000.jsonl";

async function main([corpus, part = ""]: readonly string[]): Promise<number> {
  if (corpus === undefined) {
    console.error("usage: deno run -A scripts/corpus.ts CORPUS_DIR [PART]");
    return 2;
  }
  const files = parseExpected(await Deno.readTextFile(`${corpus}/EXPECTED.md`))
    .filter(({ path }) => path.includes(part));
  let matched = 0;
  for (const file of files) {
    const others = await otherPrompts(corpus, file);
    const expected = { ...file.counts, prompts: file.counts.prompts + others };
    const found = countEvents(await collect(corpus, file));
    const isSame = COLUMNS.every((column) => agrees(expected[column], found[column]));
    if (isSame) matched++;
    console.log(`${isSame ? "same  " : "DIFFER"}  ${file.path}\n        ${renderCounts(expected, found)}`);
  }
  console.log(`${matched} matched, ${files.length - matched} differ`);
  return matched === files.length && matched > 0 ? 0 : 1;
}

/** Prompts that were not counted beforehand. */
async function otherPrompts(corpus: string, { agent, path }: ExpectedFile): Promise<number> {
  const { isFile } = await Deno.stat(`${corpus}/${path}`);
  return isFile ? countOtherPrompts(agent, await Deno.readTextFile(`${corpus}/${path}`)) : 0;
}

/** What was not counted is not compared. */
function agrees(expected: number | undefined, found: number): boolean {
  return expected === undefined || expected === found;
}

/** `prompts 3 calls 5/4 …`: what is expected, and after a stroke what was found where it is not the same. */
function renderCounts(expected: Partial<Counts>, found: Counts): string {
  return COLUMNS.map((column) => {
    const said = expected[column] ?? "-";
    return `${column} ${said}${agrees(expected[column], found[column]) ? "" : `/${found[column]}`}`;
  }).join("  ");
}

/** Syncs a home that holds this one file, and returns all its events. */
async function collect(
  corpus: string,
  file: ExpectedFile,
): Promise<readonly CountedEvent[]> {
  const home = await Deno.makeTempDir({ prefix: "devlog-corpus-" });
  try {
    const [from, to] = [`${corpus}/${file.path}`, `${home}/${placeOf(file)}`];
    await copy(from, to);
    for (const name of BESIDE[file.agent] ?? []) {
      await copy(`${dirname(from)}/${name}`, `${dirname(to)}/${name}`);
    }
    for (const [place, text] of Object.entries(ADDED[file.agent] ?? {})) {
      await Deno.mkdir(dirname(`${home}/${place}`), { recursive: true });
      await Deno.writeTextFile(`${home}/${place}`, text);
    }
    await runProgram(home, ["sync", "--initial-sync-days", "0"]);
    const lines = await runProgram(home, ["query", "--all", "--limit", "0", "--format", "jsonl"]);
    return lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Where in a home each agent would have written a file of that name. */
const PLACES: Readonly<Record<CorpusAgent, (name: string) => string>> = {
  "claude-code": (name) => `.claude/projects/-corpus/${name}`,
  "codex": (name) => `.codex/sessions/2025/01/01/${name.startsWith("rollout-") ? name : ROLLOUT}`,
  "github-copilot": (name) => `.config/Code/User/workspaceStorage/corpus/chatSessions/${name}`,
  "copilot-traces": () => ".config/Code/User/globalStorage/github.copilot-chat/agent-traces.db",
  "copilot-cli": () => ".copilot/session-state/corpus/events.jsonl",
  "cline": () => ".cline/data/sessions/corpus/corpus.messages.json",
  "continue": (name) => `.continue/sessions/${name}`,
  "cursor": (name) =>
    name.endsWith(".vscdb")
      ? ".config/Cursor/User/globalStorage/state.vscdb"
      : `.cursor/projects/corpus/agent-transcripts/${name}`,
  "opencode": () => ".local/share/opencode/opencode.db",
  // Those of the corpus are documents, whatever they are called there.
  "gemini-cli": () => ".gemini/tmp/corpus/chats/session-2026-01-01T00-00-00000000.json",
  "pi": (name) => `.pi/agent/sessions/--corpus--/${name}`,
  "openclaw": (name) => `.openclaw/agents/main/sessions/${name}`,
  "openhands": () => ".openhands/conversations/corpus/events",
  "kiro-cli": (name) => `.kiro/sessions/cli/${name}`,
  "mistral-vibe": () => ".vibe/logs/session/session_20260101_000000_corpus/messages.jsonl",
  "gptme": () => ".local/share/gptme/logs/corpus/conversation.jsonl",
  "aider": () => "src/corpus/.aider.chat.history.md",
};

/** A session of one request, as the editor writes it: with the numbers of the last call. */
function sessionOf(sessionId: string, promptTokens: number, completionTokens: number): string {
  const request = {
    requestId: `request_${sessionId}`,
    timestamp: 1_779_650_000_000,
    message: "…",
    response: [],
    result: { usage: { promptTokens, completionTokens } },
  };
  return JSON.stringify({ version: 3, sessionId, creationDate: request.timestamp, requests: [request] });
}

/** Where sessions of windows without a folder are. */
const SESSIONS = ".config/Code/User/globalStorage/emptyWindowChatSessions";

/** What must lie beside a file of an agent. */
const BESIDE: Readonly<Partial<Record<CorpusAgent, readonly string[]>>> = { "continue": ["sessions.json"] };

/** What else a home must hold, for its agent to be read: by its place, a text. */
const ADDED: Readonly<Partial<Record<CorpusAgent, Readonly<Record<string, string>>>>> = {
  // Of the conversations their events alone are in the corpus.
  "openhands": { ".openhands/conversations/corpus/base_state.json": '{"id":"corpus"}' },
  // Of the two sessions that were traced there is nothing else in the corpus.
  "copilot-traces": {
    [`${SESSIONS}/48eb5d32.json`]: sessionOf("48eb5d32-e8f9-4528-b791-92cec0da9dce", 18_101, 74),
    [`${SESSIONS}/f25ea82a.json`]: sessionOf("f25ea82a-4ef6-4151-9144-46ee55690bcb", 17_123, 41),
  },
  "aider": { ".devlog/config.yaml": "agents: { aider: { paths: [~/src] } }\n" },
};

/** Copies a file, or a folder of files. */
async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.writeFile(to, await Deno.readFile(from));
    return;
  }
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

function placeOf({ agent, path }: ExpectedFile): string {
  return PLACES[agent](path.slice(path.lastIndexOf("/") + 1));
}

/** Runs the program in a home of its own and returns what it printed; a failure of it is an error. */
async function runProgram(home: string, args: readonly string[]): Promise<string> {
  const binary = Deno.env.get("DEVLOG_BIN");
  const main = new URL("../main.ts", import.meta.url).href;
  const command = new Deno.Command(binary ?? Deno.execPath(), {
    args: binary === undefined ? ["run", "-A", main, ...args] : [...args],
    env: {
      HOME: home,
      USERPROFILE: home,
      DEVLOG_HOME: `${home}/.devlog`,
      // The homes of this machine's own agents are not meant.
      CLAUDE_CONFIG_DIR: "",
      CODEX_HOME: "",
      XDG_CONFIG_HOME: "",
      XDG_DATA_HOME: "",
      COPILOT_HOME: "",
      GEMINI_CLI_HOME: "",
      PI_CODING_AGENT_DIR: "",
      PI_CODING_AGENT_SESSION_DIR: "",
      OPENCLAW_STATE_DIR: "",
      CLINE_DIR: "",
      CLINE_DATA_DIR: "",
      CONTINUE_GLOBAL_DIR: "",
      KIMI_CODE_HOME: "",
      KIMI_SHARE_DIR: "",
      QWEN_HOME: "",
      QWEN_RUNTIME_DIR: "",
      KIRO_HOME: "",
      VIBE_HOME: "",
      GOOSE_PATH_ROOT: "",
      HERMES_HOME: "",
      CRUSH_GLOBAL_DATA: "",
      CURSOR_CONFIG_DIR: "",
      FORGE_CONFIG: "",
      GPTME_LOGS_HOME: "",
      GROK_HOME: "",
      // Deno keeps its cache below the home folder.
      DENO_DIR: await denoFolder(),
    },
    stdin: "null",
    stderr: "piped",
    stdout: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0) {
    throw new Error(`${args[0]} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

let folder: string | undefined;

/** The folder in which Deno keeps what it loaded. */
async function denoFolder(): Promise<string> {
  if (folder === undefined) {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
    folder = String(JSON.parse(new TextDecoder().decode(stdout)).denoDir);
  }
  return folder;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
