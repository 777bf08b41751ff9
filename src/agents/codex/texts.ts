/**
 * The texts of Codex's messages, without what it puts between them itself.
 *
 * @module
 */

import { asList, asObject, asText } from "../values.ts";

/** The elements that Codex gives to the model in the user's name: rules, surroundings, notices. */
const INJECTED_TAGS = [
  "INSTRUCTIONS",
  "apps_instructions",
  "collaboration_mode",
  "environment_context",
  "goal_context",
  "hook_prompt",
  "model_switch",
  "multi_agent_mode",
  "permissions instructions",
  "personality_spec",
  "plugins_instructions",
  "realtime_conversation",
  "recommended_plugins",
  "skill",
  "skills_instructions",
  "subagent_notification",
  "turn_aborted",
  "user_action",
  "user_instructions",
  "user_shell_command",
];

/** How texts begin that no person typed. */
const INJECTED = new RegExp(
  "^\\s*(?:# AGENTS\\.md instructions|Warning: (?:The maximum number of unified exec|apply_patch was)|" +
    `<(?:${INJECTED_TAGS.join("|")})\\b)`,
);

/** What a message of a person holds. */
export interface TypedText {
  readonly text: string;
  readonly images: number;
}

/** The texts of a message's content, joined. */
export function readText(content: unknown): string {
  if (typeof content === "string") return content;
  return texts(content).join("\n");
}

/** What of a user message's content was typed; `undefined` if nothing was. */
export function readTyped(content: unknown): TypedText | undefined {
  const typed = texts(content).filter((text) => !INJECTED.test(text) && !/^<\/?image\b[^>]*>$/.test(text));
  const images = (asList(content) ?? []).filter((part) => asObject(part)?.type === "input_image").length;
  return typed.length === 0 && images === 0 ? undefined : { text: typed.join("\n"), images };
}

/** The command that a person ran past the model (`!ls`), if that is what a user message reports. */
export function readShellEscape(content: unknown): string | undefined {
  const text = texts(content)[0];
  if (text === undefined || !text.startsWith("<user_shell_command>")) return undefined;
  return /<command>\n?([^]*?)\n?<\/command>/.exec(text)?.[1] ?? text;
}

/** The parts of a reasoning item, or of what reports it: texts, or objects with a text. */
export function readParts(...lists: readonly unknown[]): string[] {
  return lists.flatMap((list) =>
    (asList(list) ?? []).map((part) => asText(part) ?? asText(asObject(part)?.text)).filter((part) =>
      part !== undefined
    )
  );
}

function texts(content: unknown): string[] {
  return (asList(content) ?? []).map((part) => asText(asObject(part)?.text)).filter((text) =>
    text !== undefined
  );
}
