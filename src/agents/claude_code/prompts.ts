/**
 * What the text of a user record is: a prompt for the model, or something else that Claude Code wrapped into one.
 *
 * @module
 */

import type { Attachment } from "../../events/event.ts";
import { asList, asObject, asText } from "../values.ts";

/** The content of a user record, without the results of tools. */
export interface UserContent {
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Kind of the first block that is not understood. */
  readonly unknown?: string;
}

/** Reads a content that is a string or blocks. Images and documents become attachments; their bytes are left out. */
export function readUserContent(content: unknown): UserContent {
  if (typeof content === "string") return { text: content };
  let text = "";
  let unknown: string | undefined;
  const attachments: Attachment[] = [];
  for (const item of asList(content) ?? []) {
    const block = asObject(item);
    switch (block?.type) {
      case "text": {
        const part = asText(block.text);
        if (part !== undefined) text = text === "" ? part : `${text}\n${part}`;
        break;
      }
      case "image":
      case "document":
        attachments.push({ kind: block.type });
        break;
      case "tool_result":
        break;
      default:
        unknown ??= `block:${asText(block?.type) ?? typeof item}`;
    }
  }
  return { text, attachments: attachments.length > 0 ? attachments : undefined, unknown };
}

/** What a person did that is written as the text of a user or system record. */
export interface Interaction {
  readonly action: string;
  readonly text: string;
}

/** The interaction that a text stands for, or `undefined` if it is a prompt. */
export function readInteraction(text: string): Interaction | undefined {
  if (text.startsWith("[Request interrupted by user")) return { action: "cancel", text };
  if (!text.startsWith("<")) return undefined;
  if (text.startsWith("<command-name>") || text.startsWith("<command-message>")) {
    const name = inner(text, "command-name") ?? inner(text, "command-message") ?? "";
    const args = inner(text, "command-args");
    return { action: "slash_command", text: args === undefined ? name : `${name} ${args}` };
  }
  for (const [tag, action] of ENVELOPES) {
    if (text.startsWith(`<${tag}>`)) return { action, text: innerTexts(text, ENVELOPES) };
  }
  return undefined;
}

/** Tags in which what is typed with a prefix (`!`, `#`), and what a local command answers, stands; with its action. */
const ENVELOPES: readonly (readonly [tag: string, action: string])[] = [
  ["bash-input", "bash"],
  ["bash-stdout", "command_output"],
  ["bash-stderr", "command_output"],
  ["local-command-stdout", "command_output"],
  ["local-command-stderr", "command_output"],
  ["user-memory-input", "memory"],
];

/** The texts of all envelopes, one below the other. */
function innerTexts(text: string, envelopes: typeof ENVELOPES): string {
  return envelopes.map(([tag]) => inner(text, tag)).filter((part) => part !== undefined).join("\n");
}

/** What stands between a tag and its end, trimmed; `undefined` if that is nothing. */
function inner(text: string, tag: string): string | undefined {
  const start = text.indexOf(`<${tag}>`);
  if (start < 0) return undefined;
  const from = start + tag.length + 2;
  const end = text.indexOf(`</${tag}>`, from);
  return asText(text.slice(from, end < 0 ? undefined : end).trim());
}
