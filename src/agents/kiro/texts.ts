/**
 * What all sessions of Kiro share.
 *
 * @module
 */

import type { ToolKinds } from "../tools.ts";
import { asText } from "../values.ts";

/** The tools of Kiro's agent. */
export const KIRO_TOOLS: ToolKinds = {
  read_file: "read",
  readfile: "read",
  fsread: "read",
  write: "write",
  fswrite: "write",
  fsappend: "modify",
  strreplace: "modify",
  execute_bash: "command",
  executebash: "command",
  executepwsh: "command",
};

/** What was typed, without what Kiro puts around it. */
export function typedIn(text: string | undefined): string | undefined {
  const inner = /<kiro-ide-message>\s*([\s\S]*?)\s*<\/kiro-ide-message>/.exec(text ?? "")?.[1];
  return asText(inner) ?? text;
}
