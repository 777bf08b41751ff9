/**
 * What a call of one of Claude Code's tools is, and what its result adds.
 *
 * @module
 */

import type { TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import type { OpenEvent } from "../open_events.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** The type and data of a call, without its result. */
export function readCall(block: JsonObject, cwd: string | undefined): TypedData {
  const tool = asText(block.name) ?? "unknown";
  const callId = asText(block.id);
  const input = asObject(block.input);
  return TOOLS.get(tool)?.({ tool, callId }, input ?? {}, cwd) ??
    { type: "tool_use", data: { tool, callId, arguments: block.input } };
}

type Call = { readonly tool: string; readonly callId: string | undefined };
type ReadTool = (call: Call, input: JsonObject, cwd: string | undefined) => TypedData;

const readsFile: ReadTool = (call, input) => ({ type: "file_read", data: { ...call, path: pathOf(input) } });

const writesFile: ReadTool = (call, input) => ({
  type: "file_write",
  data: { ...call, path: pathOf(input), content: asText(input.content) },
});

const modifiesFile: ReadTool = (call, input) => {
  const { file_path: _file, notebook_path: _notebook, ...patch } = input;
  return { type: "file_modify", data: { ...call, path: pathOf(input), patch } };
};

const runsCommand: ReadTool = (call, input, cwd) => ({
  type: "command_execution",
  data: { ...call, command: asText(input.command), cwd },
});

/** The tools that have a type of their own. */
const TOOLS: ReadonlyMap<string, ReadTool> = new Map([
  ["Read", readsFile],
  ["NotebookRead", readsFile],
  ["Write", writesFile],
  ["Edit", modifiesFile],
  ["MultiEdit", modifiesFile],
  ["NotebookEdit", modifiesFile],
  ["Bash", runsCommand],
  ["PowerShell", runsCommand],
]);

function pathOf(input: JsonObject): string | undefined {
  return asText(input.file_path) ?? asText(input.notebook_path);
}

/**
 * Adds the result to the event of its call.
 *
 * @param block the `tool_result` block, which holds what the model was told
 * @param details `toolUseResult` of the record, which holds what the tool returned
 */
export function completeCall(event: OpenEvent, block: JsonObject, details: unknown): void {
  const structured = asObject(details);
  const content = readResult(block.content);
  const data: Record<string, unknown> = event.data;
  data.isError = block.is_error === true;
  if (event.type === "command_execution") {
    data.output = content;
    data.exitCode = exitCodeOf(block, content);
  } else {
    data.result = content;
    // The patch says where in the file it was; it takes the place of the arguments that it was made from.
    const patch = asList(structured?.structuredPatch);
    if (event.type !== "tool_use" && patch !== undefined && patch.length > 0) data.patch = patch;
  }
  const durationMs = asCount(structured?.totalDurationMs) ?? asCount(structured?.durationMs);
  if (durationMs !== undefined) event.metrics = { ...event.metrics, durationMs };
  event.complete = true;
}

/** A record without what {@link completeCall} does not look at: the contents of files and outputs, which the block holds too. */
export function pickNeeded({ toolUseResult, ...record }: JsonObject): JsonObject {
  const structured = asObject(toolUseResult);
  if (structured === undefined) return { ...record, toolUseResult };
  const { structuredPatch, totalDurationMs, durationMs } = structured;
  return { ...record, toolUseResult: { structuredPatch, totalDurationMs, durationMs } };
}

/** A result as one text where all of it is text, else as its blocks. */
function readResult(content: unknown): unknown {
  const blocks = asList(content);
  if (blocks === undefined) return content ?? undefined;
  let joined = "";
  for (const [index, item] of blocks.entries()) {
    const block = asObject(item);
    if (block?.type !== "text" || typeof block.text !== "string") return content;
    joined = index === 0 ? block.text : `${joined}\n${block.text}`;
  }
  return joined;
}

/** The exit code of a command, which Claude Code writes only for one that failed, and only into its text. */
function exitCodeOf(block: JsonObject, content: unknown): number | undefined {
  if (block.is_error !== true || typeof content !== "string") return undefined;
  const code = /^(?:Error: )?Exit code (\d{1,10})\b/.exec(content.slice(0, 40))?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Whether a result says that the person refused the call. */
export function isDenial(record: JsonObject, block: JsonObject): boolean {
  if (block.is_error !== true) return false;
  return record.toolDenialKind === "user-rejected" || record.toolUseResult === "User rejected tool use" ||
    typeof block.content === "string" && block.content.startsWith(DENIED);
}

const DENIED = "The user doesn't want to proceed with this tool use.";
const DENIED_WITH = "the user said:\n";

/** What the person said when refusing a call, if anything. */
export function denialText(block: JsonObject): string | undefined {
  if (typeof block.content !== "string") return undefined;
  const at = block.content.indexOf(DENIED_WITH);
  return at < 0 ? undefined : asText(block.content.slice(at + DENIED_WITH.length).trim());
}
