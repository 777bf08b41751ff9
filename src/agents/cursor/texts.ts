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
  read_file: "read",
  write: "write",
  edit_file: "modify",
  search_replace: "modify",
  run_terminal_cmd: "command",
};

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
