/**
 * What went to the model in the last step of a turn, `context.messages` of its execution: `{ role: human | bot | tool, entries }`,
 * where an entry is a `text`, a `toolUse { id, name, args }` or a `toolUseResponse { id, message, success }`. It has all turns
 * before this one, too, which are told by their own executions. Some turns have no actions, and this alone; as others found in
 * executions on macOS and Windows.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asList, asObject, asText } from "../values.ts";
import { typedToModel } from "./texts.ts";

/** What was said and done, in its order. */
export type Step =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "called"; readonly id: string; readonly tool: string; readonly args: unknown }
  | { readonly kind: "gave"; readonly id: string; readonly result: unknown; readonly isError: boolean };

/** What was said and done since something was last typed. */
export function stepsOfLastTurn(context: unknown): readonly Step[] {
  const messages = (asList(asObject(context)?.messages) ?? []).map(asObject);
  const typed = messages.findLastIndex((message) =>
    message?.role === "human" && entriesOf(message).some(({ text }) => typedToModel(asText(text)))
  );
  return messages.slice(typed + 1).filter((message) => message?.role !== "human")
    .flatMap(entriesOf).flatMap(stepOf);
}

function entriesOf(message: JsonObject | undefined): readonly JsonObject[] {
  return (asList(message?.entries) ?? []).map(asObject).filter((entry) => entry !== undefined);
}

function stepOf({ type, id, text, name, args, message, success }: JsonObject): readonly Step[] {
  const call = asText(id);
  const tool = asText(name);
  switch (type) {
    case "text":
      return asText(text) === undefined ? [] : [{ kind: "said", text: asText(text)! }];
    case "toolUse":
      return call === undefined || tool === undefined ? [] : [{ kind: "called", id: call, tool, args }];
    case "toolUseResponse":
      return call === undefined
        ? []
        : [{ kind: "gave", id: call, result: asText(message), isError: success === false }];
    default:
      return [];
  }
}
