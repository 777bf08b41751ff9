/**
 * What Kiro's agent did in a turn until mid 2026: `{ actionId, actionType, actionState, emittedAt: ms, input, output }`. Changes
 * of files have the whole file before and after. The types and their fields are those that readers of it name
 * (kenn-io/agentsview `internal/parser/kiro_ide.go`) and that others found in executions on macOS and Windows.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { compact, type ToolCall, type ToolKind } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** The actions that are calls, and what each does. */
const CALLS: Readonly<Record<string, ToolKind | "other">> = {
  replace: "modify",
  append: "modify",
  editCode: "modify",
  create: "write",
  write: "write",
  readCode: "read",
  readFile: "read",
  readFiles: "read",
  runCommand: "command",
  controlProcess: "other",
  delete: "other",
  getDiagnostics: "other",
  getProcessOutput: "other",
  invokeSubAgent: "other",
  listProcesses: "other",
  mcp: "other",
  remote_web_search: "other",
  search: "other",
  smartRelocate: "other",
  specAgent: "other",
  webFetch: "other",
};

/** What Kiro notes for itself; what was typed stands in the session. */
const SILENT: ReadonlySet<string> = new Set([
  "ContextualHookInvoked",
  "intentClassification",
  "model",
  "pbtStatus",
  "preWork",
  "steering",
  "subagentResponse",
  "summarization",
  "taskStatus",
  "userMessage",
]);

/** How a call that is over has ended; others are still under way. */
const ENDS: Readonly<Record<string, { readonly isError?: boolean }>> = {
  Accepted: { isError: false },
  Success: { isError: false },
  Error: { isError: true },
  Canceled: {},
};

/** What a call gave. */
export type Outcome = Pick<ToolCall, "result" | "isError" | "exitCode">;

/** Whether an action tells nothing of what was said and done. */
export function isSilent(type: string): boolean {
  return SILENT.has(type);
}

/** The call that an action is, if it is one. */
export function callOf(type: string, { input }: JsonObject): ToolCall | undefined {
  const kind = Object.hasOwn(CALLS, type) ? CALLS[type] : undefined;
  if (kind === undefined) return undefined;
  const args = asObject(input) ?? {};
  switch (type) {
    case "replace":
    case "append":
    case "editCode": {
      const { file, path, originalContent, modifiedContent } = args;
      return { tool: type, kind, args: compact({ path: file ?? path, originalContent, modifiedContent }) };
    }
    case "create":
    case "write":
      return { tool: type, kind, args: { path: args.file ?? args.path, content: args.modifiedContent } };
    case "readFiles": {
      const files = asList(args.files) ?? [];
      return files.length === 1
        ? { tool: type, kind, args: { path: asObject(files[0])?.path ?? files[0] } }
        : { tool: type, kind: "other", args };
    }
    case "mcp":
      return { tool: asText(args.toolName) ?? type, kind, args: args.toolArgs };
    default:
      return { tool: type, kind, args };
  }
}

/** What an action gave, `undefined` as long as it is under way. */
export function outcomeOf({ actionState, output }: JsonObject): Outcome | undefined {
  const state = asText(actionState) ?? "";
  const end = Object.hasOwn(ENDS, state) ? ENDS[state] : undefined;
  const given = asObject(output);
  if (end === undefined && given === undefined) return undefined;
  return compact({
    ...end,
    result: given?.output ?? given?.message ?? given?.response ?? notEmpty(given),
    exitCode: asCount(given?.exitCode),
  });
}

function notEmpty(object: JsonObject | undefined): JsonObject | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}
