/**
 * What a call of one of Copilot's tools is. Tools have one name in the conversation with the model (`read_file`) and
 * another in the editor (`copilot_readFile`); either may be all that is there.
 *
 * @module
 */

import type { TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asText } from "../values.ts";
import { pathOfUri } from "./uri.ts";

type Kind = "read" | "write" | "modify" | "command";

/** Tools that have a type of their own, by their name without case, `copilot_` and underscores. */
const KINDS: Readonly<Record<string, Kind>> = {
  readfile: "read",
  readnotebookcelloutput: "read",
  viewimage: "read",
  createfile: "write",
  insertedit: "modify",
  inserteditintofile: "modify",
  replacestring: "modify",
  replacestringinfile: "modify",
  multireplacestring: "modify",
  multireplacestringinfile: "modify",
  applypatch: "modify",
  editnotebook: "modify",
  editnotebookfile: "modify",
  editfiles: "modify",
  runinterminal: "command",
  runinterminal2: "command",
  runvscodecommand: "command",
};

/** A call as far as it is known. */
export interface CallFacts {
  readonly tool: string;
  readonly callId: string | undefined;
  readonly args: unknown;
  readonly result: unknown;
  /** The command line of a terminal call, as the editor kept it. */
  readonly command: string | undefined;
  readonly isError: boolean | undefined;
}

/** The type and data of a call. */
export function describeCall({ tool, callId, args, result, command, isError }: CallFacts): TypedData {
  const call = { tool, callId, isError };
  const input = typeof args === "object" && args !== null ? args as JsonObject : {};
  switch (kindOf(tool, command)) {
    case "read":
      return { type: "file_read", data: { ...call, path: filePath(input), result } };
    case "write":
      return {
        type: "file_write",
        data: { ...call, path: filePath(input), content: asText(input.content), result },
      };
    case "modify": {
      const { filePath: _path, ...patch } = input;
      const isEmpty = Object.keys(patch).length === 0;
      return {
        type: "file_modify",
        data: { ...call, path: filePath(input), patch: isEmpty ? undefined : patch, result },
      };
    }
    case "command":
      return {
        type: "command_execution",
        data: { ...call, command: command ?? asText(input.command), output: result },
      };
    default:
      return { type: "tool_use", data: { ...call, arguments: args, result } };
  }
}

function kindOf(tool: string, command: string | undefined): Kind | undefined {
  if (command !== undefined) return "command";
  return KINDS[tool.toLowerCase().replace(/^copilot_/, "").replaceAll("_", "")];
}

/** The file of a call: a path, or the URI of one. */
function filePath(input: JsonObject): string | undefined {
  const path = asText(input.filePath) ?? asText(input.path);
  return path === undefined ? undefined : pathOfUri(path) ?? path;
}
