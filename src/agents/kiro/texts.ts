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
  readcode: "read",
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

/** How messages begin that Kiro writes in the person's name. */
const OWN_WORDS =
  /^(?:<identity>|<key_kiro_features>|# System Prompt|# Identity|## Included Rules|You are operating in a workspace)/;

/** What Kiro adds to a message of the person. */
const ADDED = /<(steering-reminder|EnvironmentContext)>[\s\S]*?<\/\1>/g;

/**
 * What of a message to the model was typed; `undefined` if all of it is Kiro's: its system prompt, rules of the project, what
 * it knows of the editor. Rules can stand before what was typed in one message.
 */
export function typedToModel(text: string | undefined): string | undefined {
  const behindRules = (text ?? "").replace(/^\s*## Included Rules[\s\S]*<\/user-rule>`*/, "");
  const rest = behindRules.replace(ADDED, "").trim();
  return rest === "" || OWN_WORDS.test(rest) ? undefined : typedIn(rest);
}
