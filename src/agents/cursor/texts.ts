/**
 * What the transcripts and the chats of Cursor share.
 *
 * @module
 */

import type { ToolKinds } from "../tools.ts";
import { asText } from "../values.ts";

/** The tools of Cursor's agent, as it names them outside of the editor. */
export const CURSOR_TOOLS: ToolKinds = {
  Read: "read",
  Write: "write",
  StrReplace: "modify",
  Edit: "modify",
  MultiEdit: "modify",
  ApplyPatch: "modify",
  Shell: "command",
  Bash: "command",
  ReadFile: "read",
  read_file: "read",
  write: "write",
  edit_file: "modify",
  search_replace: "modify",
  run_terminal_cmd: "command",
};

/** The session that a transcript tells, by its path; a sub-agent's lies in a folder of the session that started it. */
export function sessionOf(relativePath: string): {
  readonly sessionId: string;
  readonly parentSessionId: string | undefined;
} {
  const parts = relativePath.replace(/\.(?:jsonl|txt)$/, "").split("/");
  return {
    sessionId: parts.at(-1)!,
    parentSessionId: parts.at(-2) === "subagents" ? parts.at(-3) : undefined,
  };
}

/** What stands around a prompt. */
const QUERY = /<user_query>\s*([\s\S]*?)\s*<\/user_query>/;
/** A text that holds nothing else is no prompt: facts about the machine, rules, reminders. */
const CONTEXT = /^\s*<(?:user_info|system_reminder|rules|git_status|project_layout|additional_data)>/;

/** What was typed of a message of the user. */
export function typedIn(text: string | undefined): string | undefined {
  const query = QUERY.exec(text ?? "")?.[1];
  if (query !== undefined) return asText(query);
  return text === undefined || CONTEXT.test(text) ? undefined : text;
}

/** What Cursor left out of an answer says nothing. */
export function withoutRedaction(text: string | undefined): string | undefined {
  return asText(text?.replace(/(?:^|\n+)\[REDACTED\]\s*$/, ""));
}
