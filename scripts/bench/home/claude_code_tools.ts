/**
 * Makes up tool calls of Claude Code and their results.
 *
 * @module
 */

import type { EventType } from "../../../src/events/event.ts";
import type { Session } from "./transcript.ts";

/** A call with its result. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The type of event it makes. */
  readonly type: EventType;
  readonly isError: boolean;
  /** `content` of the result block. */
  readonly result: unknown;
  /** `toolUseResult` of the record. */
  readonly structured: unknown;
}

type Kind = (session: Session) => Omit<ToolCall, "id" | "isError">;

/** How often each kind is called, as parts of a whole of 100. */
const KINDS: readonly (readonly [number, Kind])[] = [
  [38, makeCommand],
  [26, makeRead],
  [16, makeEdit],
  [6, makeWrite],
  [14, makeFetch],
];

/** Probability that a call fails. */
const FAILURE = 0.03;

/** A random call. */
export function makeToolCall(session: Session): ToolCall {
  const { random, text } = session;
  const id = `toolu_${random.providerId()}`;
  let rest = random.integer(0, 99);
  const [, kind] = KINDS.find(([weight]) => (rest -= weight) < 0)!;
  const call = kind(session);
  if (!random.chance(FAILURE)) return { id, isError: false, ...call };
  const error = text.prose(random, 80);
  return { id, ...call, isError: true, result: error, structured: `Error: ${error}` };
}

function makeCommand({ random, text, shape }: Session): ReturnType<Kind> {
  // The output stands in a record twice.
  const stdout = text.code(random, shape.result(random) / 2);
  return {
    name: "Bash",
    input: { command: `git log --oneline -n ${random.integer(1, 99)}`, description: text.prose(random, 20) },
    type: "command_execution",
    result: stdout,
    structured: { stdout, stderr: "", interrupted: false, isImage: false },
  };
}

function makeRead({ random, text, shape, workspace }: Session): ReturnType<Kind> {
  const filePath = text.path(random, workspace);
  const content = text.code(random, shape.result(random) / 2);
  const lines = content.split("\n");
  return {
    name: "Read",
    input: { file_path: filePath },
    type: "file_read",
    result: lines.map((line, index) => `${String(index + 1).padStart(6)}→${line}`).join("\n"),
    structured: {
      type: "text",
      file: { filePath, content, numLines: lines.length, startLine: 1, totalLines: lines.length },
    },
  };
}

function makeEdit({ random, text, shape, workspace }: Session): ReturnType<Kind> {
  const filePath = text.path(random, workspace);
  const oldString = text.code(random, shape.text(random) / 4);
  const newString = text.code(random, shape.text(random) / 4);
  const removed = oldString.split("\n").map((line) => `-${line}`);
  const added = newString.split("\n").map((line) => `+${line}`);
  const start = random.integer(1, 900);
  return {
    name: "Edit",
    input: { file_path: filePath, old_string: oldString, new_string: newString },
    type: "file_modify",
    result: `The file ${filePath} has been updated.`,
    structured: {
      filePath,
      oldString,
      newString,
      structuredPatch: [{
        oldStart: start,
        oldLines: removed.length,
        newStart: start,
        newLines: added.length,
        lines: [...removed, ...added],
      }],
      userModified: false,
      replaceAll: false,
    },
  };
}

function makeWrite({ random, text, shape, workspace }: Session): ReturnType<Kind> {
  const filePath = text.path(random, workspace);
  const content = text.code(random, shape.text(random));
  return {
    name: "Write",
    input: { file_path: filePath, content },
    type: "file_write",
    result: `File created successfully at: ${filePath}`,
    structured: { type: "create", filePath, content, structuredPatch: [] },
  };
}

function makeFetch({ random, text, shape }: Session): ReturnType<Kind> {
  const url = `https://example.com/docs/${random.integer(1, 9_999)}`;
  const result = text.prose(random, shape.result(random) / 2);
  return {
    name: "WebFetch",
    input: { url, prompt: text.prose(random, 30) },
    type: "tool_use",
    result,
    structured: {
      bytes: result.length,
      code: 200,
      codeText: "OK",
      result,
      durationMs: random.integer(90, 9_000),
      url,
    },
  };
}
