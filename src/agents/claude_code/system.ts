/**
 * The errors that Claude Code writes as system records.
 *
 * @module
 */

import type { ErrorData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asObject, asText } from "../values.ts";

/** Subtypes that are errors, with what is said of one that says nothing of itself. */
const ERRORS: Readonly<Record<string, string>> = {
  api_error: "API error",
  api_refusal: "Refused by the model",
  error: "Error",
  model_refusal_fallback: "Refused by the model, another one went on",
};

/** The error of a system record, or `undefined` if its subtype is none. */
export function readSystemError(subtype: string, record: JsonObject): ErrorData | undefined {
  const fallback = Object.hasOwn(ERRORS, subtype) ? ERRORS[subtype] : undefined;
  if (fallback === undefined) return undefined;
  const error = asObject(record.error);
  // The API's own error stands within the answer, and that within the error of the client.
  const answer = asObject(error?.error);
  const inner = asObject(answer?.error);
  const message = asText(error?.message) ?? asText(inner?.message) ?? asText(answer?.message) ??
    asText(record.apiRefusalExplanation) ?? asText(record.content) ?? asText(record.error) ?? fallback;
  return {
    message,
    code: codeText(error?.status) ?? asText(error?.type) ?? asText(record.apiRefusalCategory),
  };
}

/** A code as text. */
export function codeText(code: unknown): string | undefined {
  return typeof code === "number" ? String(code) : asText(code);
}
