/**
 * Makes one event of each tool call and its output.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { type OpenEvent, OpenEvents } from "../open_events.ts";
import { asText } from "../values.ts";
import { type CallFacts, describeCall, readEnd, readOutput } from "./calls.ts";
import type { Drafting } from "./drafting.ts";
import { readNestedCall } from "./nested_calls.ts";

/** How many calls may wait for their outputs at once. */
const OPEN_CALLS = 32;

/** A call as its item tells. */
export interface Call {
  readonly tool: string;
  /** The arguments: an object, or text that may be the JSON of one. */
  readonly input: unknown;
  /** What its output will be found by. */
  readonly callId?: unknown;
  /** The id of the item, for a call that never gets an output. */
  readonly ownId?: unknown;
}

/** The calls of one source. */
export class OpenCalls {
  readonly #drafting: Drafting;
  readonly #open: OpenEvents;

  /** @param state what `save()` of an earlier one returned */
  constructor(drafting: Drafting, state: unknown) {
    this.#drafting = drafting;
    this.#open = new OpenEvents((event) => drafting.emit(event), OPEN_CALLS, state);
  }

  /** Takes a call. */
  take({ tool, input, callId, ownId }: Call): void {
    const outputId = asText(callId);
    const id = outputId ?? asText(ownId);
    const key = id === undefined
      ? this.#drafting.keyFor("call", `${tool} ${JSON.stringify(input ?? null)}`)
      : `call:${id}`;
    const draft = this.#drafting.draft(key, describeCall(tool, input, id), outputId === undefined);
    if (outputId === undefined) this.#drafting.emit(draft);
    else this.#open.open(outputId, draft);
  }

  /** Takes what the tool answered. */
  takeOutput(callId: unknown, output: unknown): void {
    const id = asText(callId);
    if (id === undefined) return;
    this.#open.change(id, (event) => {
      const { text, facts } = readOutput(output);
      const data: Record<string, unknown> = event.data;
      if (text !== undefined) data[event.type === "command_execution" ? "output" : "result"] = text;
      addFacts(event, facts);
      event.complete = true;
    });
    this.#open.close(id);
  }

  /** Takes what else is told of the end of a call; it comes before the output. A call that a script made is told by it. */
  takeEnd(callId: unknown, end: JsonObject): void {
    const id = asText(callId);
    if (id !== undefined && this.#open.change(id, (event) => addFacts(event, readEnd(end)))) return;
    const nested = readNestedCall(end);
    if (nested === undefined) return;
    const draft = this.#drafting.draft(`call:${nested.id}`, nested.typed, true);
    addFacts(draft as OpenEvent, nested.facts);
    this.#drafting.emit(draft);
  }

  /** See {@link OpenEvents.flush}. */
  flush(): void {
    this.#open.flush();
  }

  /** What waits, as plain JSON. */
  save(): unknown {
    return this.#open.save();
  }
}

function addFacts(event: OpenEvent, { exitCode, isError, durationMs }: CallFacts): void {
  const data: Record<string, unknown> = event.data;
  if (exitCode !== undefined && event.type === "command_execution") data.exitCode ??= exitCode;
  if (isError !== undefined) data.isError ??= isError;
  if (durationMs !== undefined) event.metrics ??= { durationMs };
}
