/**
 * What the scripts of Codex's tool `exec` call: the model's history has the script and what it printed, the events for the
 * screen each command, change and call that came of it, as it ended.
 *
 * @module
 */

import type { TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { pathOfUri } from "../copilot/uri.ts";
import { asObject, asText } from "../values.ts";
import { type CallFacts, readCommand, readEnd, readOutput } from "./calls.ts";

/** A call that a script made, as it ended. */
export interface NestedCall {
  readonly id: string;
  readonly typed: TypedData;
  readonly facts: CallFacts;
}

/** A call with its id and its result, by the type of its item. */
type Describe = (item: JsonObject, callId: string) => TypedData;

const DESCRIBE: ReadonlyMap<unknown, Describe> = new Map<unknown, Describe>([
  ["CommandExecution", ({ command, cwd, aggregated_output: output }, callId) => ({
    type: "command_execution",
    data: {
      tool: "exec_command",
      callId,
      command: readCommand(command),
      cwd: pathOfUri(cwd) ?? asText(cwd),
      output: asText(output),
    },
  })],
  ["FileChange", describeChange],
  ["McpToolCall", describeMcpCall],
  ["Extension", ({ kind, query, action, results }, callId) => ({
    type: "tool_use",
    data: {
      tool: asText(kind) ?? "extension",
      callId,
      arguments: { query, ...asObject(action) },
      result: results ?? undefined,
    },
  })],
  ["ImageView", ({ path }, callId) => ({
    type: "file_read",
    data: { tool: "view_image", callId, path: asText(path) },
  })],
]);

/** An item has the facts itself, an event within `invocation` and `result`. */
function describeMcpCall(item: JsonObject, callId: string): TypedData {
  const { server, tool, arguments: args } = asObject(item.invocation) ?? item;
  const result = asObject(item.result);
  const error = item.error ?? result?.Err;
  return {
    type: "tool_use",
    data: {
      tool: `mcp__${asText(server) ?? "unknown"}.${asText(tool) ?? "unknown"}`,
      callId,
      arguments: args ?? undefined,
      result: readOutput(asObject(result?.Ok) ?? result).text || asText(error) ||
        asText(asObject(error)?.message),
    },
  };
}

/** One file that is new is written; all else is a patch, by file. */
function describeChange({ changes, stdout, stderr }: JsonObject, callId: string): TypedData {
  const files = Object.entries(asObject(changes) ?? {});
  const path = files[0]?.[0];
  const added = asObject(files[0]?.[1]);
  const call = { tool: "apply_patch", callId, path, result: asText(stderr) ?? asText(stdout) };
  return files.length === 1 && added?.type === "add"
    ? { type: "file_write", data: { ...call, content: asText(added.content) } }
    : { type: "file_modify", data: { ...call, patch: changes } };
}

/** What items stand for the events of before 0.147. */
const ITEMS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ["exec_command_end", "CommandExecution"],
  ["patch_apply_end", "FileChange"],
  ["mcp_tool_call_end", "McpToolCall"],
]);

/**
 * The call that a completed item, or an event that reports an end, tells of; `undefined` if no script made it: then the
 * history has it.
 */
export function readNestedCall(item: JsonObject): NestedCall | undefined {
  const id = asText(item.call_id) ?? asText(item.id);
  const describe = DESCRIBE.get(ITEMS.get(item.type) ?? item.type);
  if (id === undefined || describe === undefined || !id.startsWith("exec-")) return undefined;
  const facts = readEnd(item);
  const failed = item.status === "failed" || item.status === "declined";
  return { id, typed: describe(item, id), facts: failed ? { ...facts, isError: true } : facts };
}
