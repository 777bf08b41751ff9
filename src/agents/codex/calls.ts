/**
 * What the tool calls of Codex mean, and what their outputs say.
 *
 * @module
 */

import type { TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { findPatch, pathOfPatch, readNewFile } from "./patch.ts";

/** The tools that run a shell command, by the names of all versions. */
const SHELLS: ReadonlySet<string> = new Set([
  "shell",
  "shell_command",
  "exec_command",
  "local_shell",
  "container.exec",
  "unified_exec",
]);

/** What ends with a call, apart from its output. */
export interface CallFacts {
  readonly exitCode?: number;
  readonly isError?: boolean;
  readonly durationMs?: number;
}

/**
 * The type and data of a call.
 *
 * @param tool the agent's name of the tool
 * @param input its arguments: an object, or text that may be the JSON of one
 */
export function describeCall(tool: string, input: unknown, callId: string | undefined): TypedData {
  const args = parseObject(input);
  const call = { tool, ...(callId !== undefined && { callId }) };
  if (tool === "apply_patch") {
    return describePatch(call, asText(args?.input) ?? asText(args?.patch) ?? asText(input) ?? "");
  }
  if (SHELLS.has(tool) && args !== undefined) {
    const command = readCommand(args.command ?? args.cmd);
    const patch = command === undefined ? undefined : findPatch(command);
    if (patch !== undefined) return describePatch(call, patch);
    const cwd = asText(args.workdir) ?? asText(args.working_directory) ?? asText(args.cwd);
    return {
      type: "command_execution",
      data: { ...call, ...(command !== undefined && { command }), ...(cwd !== undefined && { cwd }) },
    };
  }
  if (tool === "view_image" || tool === "read_file") {
    const path = asText(args?.path) ?? asText(args?.file_path);
    if (path !== undefined) return { type: "file_read", data: { ...call, path } };
  }
  const rest = args ?? input ?? undefined;
  return { type: "tool_use", data: { ...call, ...(rest !== undefined && { arguments: rest }) } };
}

function describePatch(call: { readonly tool: string; readonly callId?: string }, patch: string): TypedData {
  const path = pathOfPatch(patch);
  const named = { ...call, ...(path !== undefined && { path }) };
  const content = readNewFile(patch);
  return content === undefined
    ? { type: "file_modify", data: { ...named, patch } }
    : { type: "file_write", data: { ...named, content } };
}

/** A command as a person would type it. Codex wraps what a model types in `bash -lc` or the like. */
export function readCommand(command: unknown): string | undefined {
  if (typeof command === "string") return command;
  const words = asList(command)?.filter((word) => typeof word === "string");
  if (words === undefined || words.length === 0) return undefined;
  if (words.length === 3 && /(?:^|[\\/])(?:ba|z|da|)sh$/.test(words[0]!) && /^-l?c$/.test(words[1]!)) {
    return words[2];
  }
  // The patch that is an argument of its own stays as it is.
  return words.map((word) => /^[\w@%+=:,./-]+$|\n/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}

/** What an output holds: what the tool said, and what its wrapping says of the call. */
export function readOutput(output: unknown): { readonly text: unknown; readonly facts: CallFacts } {
  if (typeof output === "string") return readTextOutput(output);
  const parts = asList(output);
  if (parts !== undefined) {
    return readTextOutput(parts.map(partText).filter((text) => text !== "").join("\n"));
  }
  const object = asObject(output);
  if (object === undefined) return { text: undefined, facts: {} };
  const success = object.success;
  const { text, facts } = readOutput(object.content ?? object.text ?? "");
  return typeof success === "boolean" ? { text, facts: { ...facts, isError: !success } } : { text, facts };
}

/** The text of one part of an output. Images are left out: they are base64 and of no use to a reader. */
function partText(part: unknown): string {
  return asText(asObject(part)?.text) ?? "";
}

function readTextOutput(output: string): { readonly text: unknown; readonly facts: CallFacts } {
  // Until 0.130 the output of a shell was JSON in a string.
  if (output.startsWith('{"output":')) {
    const wrapped = parseObject(output);
    const metadata = asObject(wrapped?.metadata);
    if (wrapped !== undefined && metadata !== undefined) {
      return {
        text: wrapped.output,
        facts: { ...exitFacts(metadata.exit_code), ...seconds(metadata.duration_seconds) },
      };
    }
  }
  const head = output.slice(0, HEAD);
  if (head.startsWith("Script failed")) return { text: output, facts: { isError: true } };
  const exit = /^(?:Process exited with code|Exit code:|failed in sandbox .* exit code:) (-?\d+)/m.exec(head)
    ?.[1];
  const wall = /^Wall time: ([\d.]+) seconds/m.exec(head)?.[1];
  return {
    text: output,
    facts: {
      ...exitFacts(exit === undefined ? undefined : Number(exit)),
      ...seconds(wall === undefined ? undefined : Number(wall)),
    },
  };
}

/** The header of an output stands in its first characters. */
const HEAD = 400;

/**
 * What an event that reports the end of a call says of it (`exec_command_end`, `mcp_tool_call_end`,
 * `item_completed`, …).
 */
export function readEnd(end: JsonObject): CallFacts {
  const duration = asObject(end.duration);
  const secs = asCount(duration?.secs);
  const result = asObject(end.result);
  const failed = typeof end.success === "boolean"
    ? !end.success
    : result === undefined
    ? undefined
    : result.Err !== undefined || (asObject(result.Ok) ?? result).isError === true;
  return {
    ...exitFacts(end.exit_code),
    ...(failed !== undefined && { isError: failed }),
    ...seconds(secs === undefined ? undefined : secs + (asCount(duration?.nanos) ?? 0) / 1e9),
  };
}

function exitFacts(code: unknown): CallFacts {
  return Number.isInteger(code) ? { exitCode: code as number, isError: code !== 0 } : {};
}

function seconds(duration: unknown): CallFacts {
  const count = asCount(duration);
  return count === undefined ? {} : { durationMs: Math.round(count * 1_000) };
}

function parseObject(value: unknown): JsonObject | undefined {
  if (typeof value !== "string" || !value.startsWith("{")) return asObject(value);
  try {
    return asObject(JSON.parse(value));
  } catch {
    return undefined;
  }
}
