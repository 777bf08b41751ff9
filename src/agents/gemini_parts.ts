/**
 * Reads the parts that messages of Gemini's API are made of, which Gemini CLI and what was made of it write.
 *
 * Source: https://ai.google.dev/api/caching#Part
 *
 * @module
 */

import type { JsonObject } from "./agent.ts";
import { asList, asObject, asText } from "./values.ts";

/** The parts of a content: a text is one part. */
export function partsOf(content: unknown): readonly JsonObject[] {
  if (typeof content === "string") return [{ text: content }];
  const parts = asList(content) ?? [content];
  return parts.map((part) => typeof part === "string" ? { text: part } : asObject(part))
    .filter((part) => part !== undefined);
}

/** What is said in them, or thought. */
export function textOfParts(parts: readonly JsonObject[], isThought = false): string {
  return parts.filter((part) => (part.thought === true) === isThought).map(({ text }) => asText(text))
    .filter((text) => text !== undefined).join("\n");
}

/** What they carry beside text. */
export function attachmentsOf(
  parts: readonly JsonObject[],
): readonly { readonly kind: string }[] | undefined {
  const found = parts.flatMap(({ inlineData, fileData }) => {
    const type = asText(asObject(inlineData ?? fileData)?.mimeType);
    return type === undefined ? [] : [{ kind: type.split("/")[0]! }];
  });
  return found.length === 0 ? undefined : found;
}

/** What the tool said in the response to a call: `{ output }`, `{ error }`, or something of its own. */
export function readResponse(response: unknown): { readonly result: unknown; readonly isError?: boolean } {
  const said = asObject(response);
  if (said === undefined) return { result: response ?? undefined };
  const error = asText(said.error);
  if (error !== undefined) return { result: error, isError: true };
  return { result: asText(said.output) ?? said };
}
