/**
 * Makes up the databases of Cursor and OpenCode, of any size: the tables, keys and fields that these write, with as much
 * beside the text of a message as there is in real ones.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { Random } from "./random.ts";
import { Text } from "./text.ts";
import type { EventCounts } from "./transcript.ts";

/** The databases that can be made up, and where in a home they are. */
export const DATABASES = {
  cursor: ".config/Cursor/User/globalStorage/state.vscdb",
  opencode: ".local/share/opencode/opencode.db",
} as const;

/** One of them. */
export type DatabaseName = keyof typeof DATABASES;

/** What was made up. */
export interface MadeDatabase {
  readonly path: string;
  readonly bytes: number;
  /** How many conversations are in it. */
  readonly conversations: number;
  readonly events: EventCounts;
}

/** How many questions a conversation has; each is answered with a thought, some calls and a text. */
const QUESTIONS = [2, 20] as const;
const CALLS = [1, 8] as const;
/** Over how long the conversations are spread, ms. */
const SPAN = 60 * 86_400_000;
const STEP = 9_000;

/** One step of a conversation. */
interface Step {
  readonly kind: "question" | "answer" | "call";
  readonly time: number;
  readonly text: string;
  readonly more: string;
}

/** Writes one into a home folder, with about so many bytes of content. */
export function makeDatabase(
  name: DatabaseName,
  folder: string,
  bytes: number,
  now: number = Date.now(),
): MadeDatabase {
  const path = `${folder}/${DATABASES[name]}`;
  Deno.mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec("pragma journal_mode = wal; pragma synchronous = off; pragma page_size = 4096");
  const write = WRITERS[name](database);
  const text = new Text(7);
  const events: EventCounts = {};
  const count = (type: keyof EventCounts) => events[type] = (events[type] ?? 0) + 1;
  let written = 0;
  let conversations = 0;
  while (written < bytes) {
    const random = new Random(7, conversations);
    const start = now - SPAN + Math.floor(SPAN * 0.99 * random.fraction());
    const steps = makeSteps(random, text, start);
    database.exec("begin");
    written += write(String(conversations++), start, steps);
    database.exec("commit");
    count("session_start");
    for (const { kind } of steps) {
      count(kind === "question" ? "llm_request" : kind === "answer" ? "llm_response" : "command_execution");
    }
  }
  database.close();
  return { path, bytes: Deno.statSync(path).size, conversations, events };
}

function makeSteps(random: Random, text: Text, start: number): readonly Step[] {
  const steps: Step[] = [];
  let time = start;
  const add = (kind: Step["kind"], length: number, more: string) => {
    time += Math.ceil(STEP * random.fraction());
    steps.push({ kind, time, text: text.prose(random, length), more });
  };
  for (let left = random.integer(...QUESTIONS); left > 0; left--) {
    add("question", random.integer(20, 600), "");
    for (let calls = random.integer(...CALLS); calls > 0; calls--) {
      add("call", 60, text.code(random, random.integer(100, 6_000)));
    }
    add("answer", random.integer(200, 3_000), text.prose(random, 400));
  }
  return steps;
}

/** Writes a conversation; says how many bytes it has. */
type Writer = (id: string, start: number, steps: readonly Step[]) => number;

const WRITERS: Readonly<Record<DatabaseName, (database: DatabaseSync) => Writer>> = {
  cursor: writeCursor,
  opencode: writeOpenCode,
};

/** What a message of Cursor has beside its text: empty lists for the most part. */
const EMPTY_LISTS = Object.fromEntries(
  ("approximateLintErrors lints codebaseContextChunks commits pullRequests attachedCodeChunks gitDiffs images " +
    "assistantSuggestedDiffs interpreterResults attachedFolders attachedFoldersNew suggestedCodeBlocks toolResults " +
    "userResponsesToSuggestedCodeBlocks diffsForCompressingFiles relevantFiles notepads capabilities diffHistories " +
    "multiFileLinterErrors recentLocationsHistory recentlyViewedFiles fileDiffTrajectories docsReferences webReferences " +
    "attachedFoldersListDirResults humanChanges summarizedComposers cursorRules contextPieces editTrailContexts " +
    "allThinkingBlocks diffsSinceLastApply deletedFiles supportedTools consoleLogs uiElementPicked knowledgeItems " +
    "documentationSelections externalLinks projectLayouts capabilityContexts todos").split(" ").map((
      name,
    ) => [name, []]),
);

function writeCursor(database: DatabaseSync): Writer {
  database.exec(`create table ItemTable (key text unique on conflict replace, value blob);
    create table cursorDiskKV (key text unique on conflict replace, value blob)`);
  const put = database.prepare("insert into cursorDiskKV values (?, ?)");
  return (id, start, steps) => {
    const composerId = `00000000-0000-4000-8000-${id.padStart(12, "0")}`;
    let written = 0;
    const add = (key: string, value: unknown) => {
      const json = JSON.stringify(value);
      put.run(key, json);
      written += json.length;
    };
    add(`composerData:${composerId}`, {
      _v: 10,
      composerId,
      fullConversationHeadersOnly: steps.map(({ kind }, index) => ({
        bubbleId: bubbleOf(id, index),
        type: kind === "question" ? 1 : 2,
      })),
      createdAt: start,
      lastUpdatedAt: steps.at(-1)!.time,
      name: steps[0]!.text.slice(0, 40),
    });
    for (const [index, { kind, time, text, more }] of steps.entries()) {
      add(`bubbleId:${composerId}:${bubbleOf(id, index)}`, {
        _v: 3,
        type: kind === "question" ? 1 : 2,
        ...EMPTY_LISTS,
        bubbleId: bubbleOf(id, index),
        createdAt: new Date(time).toISOString(),
        text: kind === "call" ? "" : text,
        ...kind === "call" && {
          toolFormerData: {
            name: "run_terminal_cmd",
            toolCallId: `call_${id}_${index}`,
            status: "completed",
            rawArgs: JSON.stringify({ command: text }),
            result: JSON.stringify({ output: more, exitCode: 0 }),
          },
        },
        ...kind === "answer" && { thinking: { text: more } },
      });
    }
    return written;
  };
}

/** The id of a message of Cursor. */
export function bubbleOf(conversation: string, index: number): string {
  return `${String(index).padStart(8, "0")}-0000-4000-8000-${conversation.padStart(12, "0")}`;
}

function writeOpenCode(database: DatabaseSync): Writer {
  database.exec(
    `create table session (id text primary key, project_id text not null, parent_id text, slug text not null,
      directory text not null, title text not null, version text not null, time_created integer not null,
      time_updated integer not null);
    create table message (id text primary key, session_id text not null, time_created integer not null,
      time_updated integer not null, data text not null);
    create table part (id text primary key, message_id text not null, session_id text not null,
      time_created integer not null, time_updated integer not null, data text not null);
    create index message_session_idx on message (session_id);
    create index part_message_idx on part (message_id); create index part_session_idx on part (session_id)`,
  );
  const session = database.prepare(
    "insert into session values (?, 'p', null, 's', '/home/dev/work', ?, '1.4.0', ?, ?)",
  );
  const message = database.prepare("insert into message values (?, ?, ?, ?, ?)");
  const part = database.prepare("insert into part values (?, ?, ?, ?, ?, ?)");
  return (id, start, steps) => {
    const sessionId = `ses_${id.padStart(10, "0")}`;
    let written = 0;
    let messageId = "";
    session.run(sessionId, steps[0]!.text.slice(0, 40), start, steps.at(-1)!.time);
    const addPart = (index: number, time: number, name: string, value: unknown) => {
      const json = JSON.stringify(value);
      part.run(`prt_${id}_${String(index).padStart(4, "0")}${name}`, messageId, sessionId, time, time, json);
      written += json.length;
    };
    const addMessage = (index: number, time: number, value: unknown) => {
      const json = JSON.stringify(value);
      messageId = `msg_${id}_${String(index).padStart(4, "0")}`;
      message.run(messageId, sessionId, time, time, json);
      written += json.length;
    };
    const answer = (time: number) => ({
      role: "assistant",
      modelID: "claude-sonnet-5",
      cost: 0.01,
      tokens: { input: 10, output: 20, reasoning: 0, cache: { read: 300, write: 40 } },
      time: { created: time },
      finish: "stop",
    });
    let isAnswering = false;
    for (const [index, { kind, time, text, more }] of steps.entries()) {
      if (kind === "question") addMessage(index, time, { role: "user", time: { created: time } });
      else if (!isAnswering) addMessage(index, time, answer(time));
      isAnswering = kind === "call";
      if (kind !== "call") addPart(index, time, "b", { type: "text", text });
      if (kind === "answer") addPart(index, time, "a", { type: "reasoning", text: more });
      if (kind !== "call") continue;
      addPart(index, time, "a", {
        type: "tool",
        callID: `call_${id}_${index}`,
        tool: "bash",
        state: { status: "completed", input: { command: text }, output: more, metadata: { exit: 0 } },
      });
    }
    return written;
  };
}
