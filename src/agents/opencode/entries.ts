/**
 * Tells what OpenCode keeps since version 2, where a message and all in it are one row of a table `session_message`, as the
 * messages and parts of before. From anomalyco/opencode `packages/schema/src/session-message.ts` and
 * `packages/core/src/session/{sql,projector}.ts`.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { resultOf } from "../blocks.ts";
import { asCount, asList, asObject, asText } from "../values.ts";

/** Rows that tell nothing of what was said and done, or what the program said in the person's name. */
const SILENT: ReadonlySet<unknown> = new Set([
  "agent-switched",
  "model-switched",
  "location-switched",
  "synthetic",
  "system",
  "skill",
  "idle",
]);

/**
 * A row as records of a session.
 *
 * @param entry its content, with its id, its type and its time
 */
export function recordsOf(entry: JsonObject): readonly JsonObject[] {
  if (SILENT.has(entry.type)) return [];
  switch (entry.type) {
    case "user":
      return told(entry, {}, [
        { type: "text", text: entry.text },
        ...(asList(entry.files) ?? []).map(fileOf),
      ]);
    case "assistant":
      return told(entry, answerOf(entry), [
        ...(asList(entry.content) ?? []).map((part) => partOf(asObject(part))),
        ...[asObject(entry.retry)].filter((retry) => retry !== undefined).map(retryOf),
      ]);
    case "compaction":
      // What it will say is not known before.
      return entry.status === "running"
        ? []
        : told(entry, { ...answerOf(entry), role: "assistant" }, [{ type: "text", text: entry.summary }]);
    case "shell":
      return [{ shell: entry }];
    default:
      return told(entry, {}, []);
  }
}

function told(entry: JsonObject, more: JsonObject, parts: readonly JsonObject[]): readonly JsonObject[] {
  const { id, type, time, time_created } = entry;
  return [
    { message: { id, role: type, time, time_created, ...more } },
    ...parts.map((part, index) => ({ part: { id: `${id}:${index}`, ...part } })),
    { end: id },
  ];
}

function answerOf({ model, cost, tokens, finish, error }: JsonObject): JsonObject {
  const used = asObject(tokens);
  const cache = asObject(used?.cache);
  const parts = [used?.input, used?.output, used?.reasoning, cache?.read, cache?.write];
  return {
    modelID: asObject(model)?.id,
    cost,
    // What was thought is not in the output.
    tokens: used && { ...used, total: parts.reduce((sum: number, part) => sum + (asCount(part) ?? 0), 0) },
    finish,
    error: errorOf(asObject(error)),
  };
}

function partOf(part: JsonObject | undefined): JsonObject {
  if (part?.type !== "tool") return { ...part };
  const state = asObject(part.state);
  const time = asObject(part.time);
  return {
    type: "tool",
    tool: part.name,
    callID: asText(part.callID) ?? part.id,
    state: state && {
      status: state.status,
      input: state.input,
      output: resultOf(state.content),
      error: asObject(state.error)?.message,
      metadata: state.metadata ?? state.structured,
      time: { start: time?.ran ?? time?.created, end: time?.completed },
    },
  };
}

function fileOf(file: unknown): JsonObject {
  const { mime, name, uri } = asObject(file) ?? {};
  return { type: "file", mime, filename: name ?? (asText(uri)?.startsWith("data:") ? undefined : uri) };
}

function retryOf({ error, at }: JsonObject): JsonObject {
  return { type: "retry", error: errorOf(asObject(error)), time: { created: at } };
}

function errorOf(error: JsonObject | undefined): JsonObject | undefined {
  return error && { name: error.type, message: error.message };
}
