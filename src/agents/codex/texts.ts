/**
 * The texts of Codex's messages, without what it puts between them itself.
 *
 * @module
 */

import { asList, asObject, asText } from "../values.ts";

/** The texts that Codex gives to the model in the user's name: rules, surroundings, notices. None is typed by a person. */
const INJECTED = new RegExp(
  "^\\s*(?:# AGENTS\\.md instructions|<INSTRUCTIONS>|Warning: (?:The maximum number of unified exec|apply_patch was)|<(?:" +
    [
      "environment_context",
      "user_instructions",
      "permissions instructions",
      "turn_aborted",
      "subagent_notification",
      "user_action",
      "user_shell_command",
      "skills?(?:_instructions)?",
      "collaboration_mode",
      "multi_agent_mode",
      "model_switch",
      "personality_spec",
      "apps_instructions",
      "plugins_instructions",
      "recommended_plugins",
      "realtime_conversation",
      "goal_context",
      "hook_prompt",
    ].join("|") + ")\\b)",
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
