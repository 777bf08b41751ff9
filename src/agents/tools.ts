/**
 * What a tool call is: agents name their tools and arguments differently, and mean the same few things. An adapter says by
 * name which of its tools read, write and change files, and which run commands; all others are just tools.
 *
 * @module
 */

import type { TypedData } from "../events/event.ts";
import type { JsonObject } from "./agent.ts";
import { asObject, asText } from "./values.ts";

/** What a tool does, if that has a type of its own. */
export type ToolKind = "read" | "write" | "modify" | "command";

/** By the agent's name of a tool, as it stands or in lower case, what it does. */
export type ToolKinds = Readonly<Record<string, ToolKind>>;

/** A call, and its outcome as far as it is known. What is left out is not known. */
export interface ToolCall {
  readonly tool: string;
  readonly callId?: string;
  readonly args?: unknown;
  readonly result?: unknown;
  readonly isError?: boolean;
  readonly exitCode?: number;
  /** What the tool does, where its name does not say. */
  readonly kind?: ToolKind | "other";
}

/** The names that agents give to the path of a file, the likeliest first. */
const PATHS = [
  "path",
  "file_path",
  "filePath",
  "absolute_path",
  "absolutePath",
  "target_file",
  "targetFile",
  "filename",
  "filepath",
  "file",
  "relative_workspace_path",
  "relativeWorkspacePath",
  "AbsolutePath",
  "TargetFile",
] as const;
const CONTENTS = ["content", "file_content", "fileContent", "contents", "text", "file_text"] as const;
const COMMANDS = ["command", "cmd", "script", "CommandLine"] as const;
const FOLDERS = [
  "cwd",
  "Cwd",
  "workdir",
  "working_directory",
  "workingDirectory",
  "dir_path",
  "directory",
] as const;

/** The type and data of a call. */
export function describeTool(
  kinds: ToolKinds,
  { tool, callId, args, result, isError, exitCode, kind }: ToolCall,
): TypedData {
  const call = compact({ tool, callId, isError });
  const input = asObject(args) ?? {};
  switch (kind ?? kindOf(kinds, tool)) {
    case "read":
      return { type: "file_read", data: compact({ ...call, path: first(input, PATHS), result }) };
    case "write":
      return {
        type: "file_write",
        data: compact({ ...call, path: first(input, PATHS), content: first(input, CONTENTS), result }),
      };
    case "modify": {
      const path = first(input, PATHS);
      const patch = Object.entries(input).filter(([name, value]) => value !== path || !isOneOf(PATHS, name));
      return {
        type: "file_modify",
        data: compact({
          ...call,
          path,
          patch: patch.length > 0 ? Object.fromEntries(patch) : asText(args),
          result,
        }),
      };
    }
    case "command":
      return {
        type: "command_execution",
        data: compact({
          ...call,
          command: commandOf(input) ?? asText(args),
          cwd: first(input, FOLDERS),
          output: result,
          exitCode,
        }),
      };
    default:
      return { type: "tool_use", data: compact({ ...call, arguments: args ?? undefined, result }) };
  }
}

/** Adds what became known of a call to the data of its event. */
export function completeTool(
  { type, data }: { readonly type: string; data: Record<string, unknown> },
  { result, isError, exitCode }: Pick<ToolCall, "result" | "isError" | "exitCode">,
): void {
  if (result !== undefined) data[type === "command_execution" ? "output" : "result"] = result;
  if (isError !== undefined) data.isError = isError;
  if (exitCode !== undefined && type === "command_execution") data.exitCode = exitCode;
}

/** The properties that are known. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function kindOf(kinds: ToolKinds, tool: string): ToolKind | undefined {
  if (Object.hasOwn(kinds, tool)) return kinds[tool];
  const name = tool.toLowerCase();
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

function first(input: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = asText(input[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A command line: a text, or words. */
function commandOf(input: JsonObject): string | undefined {
  const command = first(input, COMMANDS);
  if (command !== undefined) return command;
  const words = input.command ?? input.cmd;
  return Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string")
    ? words.join(" ")
    : undefined;
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
