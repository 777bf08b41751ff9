/**
 * Makes events of one chat session, which is one document: its requests, each with its answer.
 *
 * Identity: `requestId` survives every copy of a session; a request that is edited or tried again gets a new one. The
 * answer is named by its request, because its own id is missing while it runs.
 *
 * Until late in 2024 requests were kept with neither an id nor a time, of which the time seems to have come last. When such
 * a session is opened the editor draws ids for them, other ones in each copy, and keeps the time -1. So a request that has
 * no time is known by what was typed, whatever its id (microsoft/vscode `chatModel.ts`, `ChatModel._deserialize`).
 *
 * @module
 */

import type { Attachment, EventDraft, Metrics, TypedData } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject } from "../agent.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { cleanRemote } from "../repository.ts";
import { type Call, readAnswer, textOf } from "./response.ts";
import { describeCall } from "./tools.ts";
import { pathOfUri } from "./uri.ts";

/** What is known of a session beside its document. */
export interface SessionSurroundings {
  /** Stands in where the document names none. */
  readonly sessionId: string;
  readonly workspace: string | undefined;
}

/**
 * Emits all events of a session, one request at a time. Returns the kind of the first thing that is not understood.
 *
 * @param document the session beside its requests
 */
export function* emitSession(
  document: JsonObject,
  requests: Iterable<unknown>,
  surroundings: SessionSurroundings,
  emit: (event: EventDraft) => void,
): Generator<undefined, string | undefined> {
  const session = new Session(document, surroundings, emit);
  let index = 0;
  for (const item of requests) {
    const request = asObject(item);
    if (index === 0) session.start(request);
    if (request !== undefined) session.request(request, index);
    index++;
    yield;
  }
  return session.unknown;
}

/** How far apart the positions of two requests are; what a request makes lies in between. */
const STRIDE = 10_000;

/** `modelState.value` of a request (microsoft/vscode `ResponseModelState`). */
const STATE = { complete: 1, cancelled: 2, failed: 3 } as const;

class Session {
  readonly #document: JsonObject;
  readonly #id: string;
  readonly #workspace: string | undefined;
  readonly #repository: string | undefined;
  readonly #branch: string | undefined;
  readonly #emit: (event: EventDraft) => void;
  /** How many requests without a name of their own typed the same. */
  readonly #same = new Map<string, number>();
  unknown: string | undefined;

  constructor(document: JsonObject, surroundings: SessionSurroundings, emit: (event: EventDraft) => void) {
    const repository = asObject(document.repoData);
    this.#document = document;
    this.#id = asText(document.sessionId) ?? surroundings.sessionId;
    this.#workspace = pathOfUri(document.workingDirectory) ?? surroundings.workspace;
    this.#repository = cleanRemote(asText(repository?.remoteUrl) ?? asText(repository?.remote));
    this.#branch = asText(repository?.branch) ?? asText(repository?.branchName);
    this.#emit = emit;
  }

  start(first: JsonObject | undefined): void {
    const { creationDate, customTitle, computedTitle, initialLocation } = this.#document;
    const timestamp = asCount(creationDate) ?? asCount(first?.timestamp);
    // A window that was opened and never asked anything is no session.
    if (timestamp === undefined || first === undefined) return;
    const data = { title: asText(customTitle) ?? asText(computedTitle), source: asText(initialLocation) };
    this.#add({ type: "session_start", data }, "session", timestamp, 0, true, first);
  }

  request(request: JsonObject, index: number): void {
    const { message, variableData } = request;
    const prompt = asText(message) ?? asText(asObject(message)?.text) ?? "";
    const timestamp = asCount(request.timestamp) ?? asCount(this.#document.creationDate);
    if (timestamp === undefined || (asText(request.requestId) === undefined && prompt === "")) {
      this.unknown ??= "shape:request";
      return;
    }
    let position = (index + 1) * STRIDE;
    // A file may be changed several times, and some models number their calls anew each time that they are asked.
    const same = new Map<string, number>();
    const add = (typed: TypedData, key: string, at: number, complete: boolean, metrics?: Metrics) =>
      this.#add(typed, numbered(key, same), at, position++, complete, request, metrics);

    const id = this.#nameOf(request, prompt);
    const attachments = readAttachments(variableData);
    add({ type: "llm_request", data: { prompt, attachments } }, `request:${id}`, timestamp, true);

    const { calls, edits, text, reasoning, unknown } = readAnswer(request);
    this.unknown ??= unknown;
    const outcome = readOutcome(request, timestamp);
    for (const call of calls) {
      const key = `call:${id}:${call.key}`;
      add(describeCall(call), key, timestamp, call.isComplete || outcome.isOver);
      if (call.isDenied) this.#deny(add, call, id, timestamp);
    }
    for (const edit of edits) {
      add({ type: "file_modify", data: edit }, `edit:${id}:${edit.path}`, timestamp, outcome.isOver);
    }
    const metrics = readMetrics(request);
    if (text !== undefined || reasoning !== undefined || metrics !== undefined || outcome.isOver) {
      const data = { text, reasoning, stopReason: outcome.stopReason };
      add({ type: "llm_response", data }, `response:${id}`, outcome.endedAt, outcome.isOver, metrics);
    }
    if (outcome.error !== undefined) {
      add({ type: "error_encountered", data: outcome.error }, `error:${id}`, outcome.endedAt, true);
    }
    if (outcome.isCancelled) {
      add({ type: "user_interaction", data: { action: "cancel" } }, `cancel:${id}`, outcome.endedAt, true);
    }
  }

  /** The same in every copy of the session. */
  #nameOf(request: JsonObject, prompt: string): string {
    const id = asText(request.requestId);
    if (id !== undefined && asCount(request.timestamp) !== undefined) return id;
    return numbered(`text:${hashText(prompt)}`, this.#same);
  }

  #deny(
    add: (typed: TypedData, key: string, at: number, complete: boolean) => void,
    call: Call,
    request: string,
    timestamp: number,
  ): void {
    add(
      { type: "user_interaction", data: { action: "deny" } },
      `deny:${request}:${call.key}`,
      timestamp,
      true,
    );
  }

  #add(
    typed: TypedData,
    key: string,
    timestamp: number,
    position: number,
    complete: boolean,
    request: JsonObject,
    metrics?: Metrics,
  ): void {
    this.#emit({
      ...typed,
      timestamp,
      agentVersion: asText(asObject(request.agent)?.extensionVersion),
      sessionId: this.#id,
      workspace: this.#workspace,
      repository: this.#repository,
      branch: this.#branch,
      model: modelOf(request),
      metrics,
      anchor: this.#id,
      key,
      revision: 1,
      position,
      complete,
    });
  }
}

/** The name, with a number behind it if it was there before. */
function numbered(name: string, counts: Map<string, number>): string {
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return count === 0 ? name : `${name}:${count}`;
}

/** How a request ended, if it did. */
function readOutcome(request: JsonObject, timestamp: number) {
  const result = asObject(request.result);
  const state = asObject(request.modelState);
  const value = asCount(state?.value);
  const isCancelled = value === STATE.cancelled || request.isCanceled === true;
  const error = asObject(result?.errorDetails ?? request.responseErrorDetails);
  const message = asText(error?.message);
  // Older sessions say nothing but the result, and those without times nothing where all went well.
  const isOver = isCancelled || value === STATE.complete || value === STATE.failed ||
    (value === undefined && (result !== undefined || error !== undefined || isOld(request)));
  const elapsed = asCount(asObject(result?.timings)?.totalElapsed) ?? asCount(request.elapsedMs) ?? 0;
  return {
    isOver,
    isCancelled,
    endedAt: asCount(state?.completedAt) ?? timestamp + elapsed,
    stopReason: isCancelled
      ? "cancelled"
      : message !== undefined || value === STATE.failed
      ? "error"
      : undefined,
    error: message === undefined || isCancelled ? undefined : { message, code: asText(error?.code) },
  };
}

/** Whether it is of when requests had no times, and has its answer. */
function isOld({ timestamp, response }: JsonObject): boolean {
  return asCount(timestamp) === undefined && response !== undefined && response !== null;
}

/** Newer versions write the numbers of a request beside it, in a later line; older ones into its result. */
function readMetrics(request: JsonObject): Metrics | undefined {
  const result = asObject(request.result);
  const metadata = asObject(result?.metadata);
  const usage = asObject(result?.usage);
  const inputTokens = asCount(request.promptTokens) ?? asCount(usage?.promptTokens) ??
    asCount(metadata?.promptTokens);
  const outputTokens = asCount(request.completionTokens) ?? asCount(usage?.completionTokens) ??
    asCount(metadata?.outputTokens);
  const durationMs = asCount(asObject(result?.timings)?.totalElapsed) ?? asCount(request.elapsedMs);
  if (inputTokens === undefined && outputTokens === undefined && durationMs === undefined) return undefined;
  return { inputTokens, outputTokens, durationMs };
}

/** `copilot/gpt-4o` is a model of a vendor; what `copilot/auto` became stands in the result. */
function modelOf(request: JsonObject): string | undefined {
  const named = asText(request.modelId)?.replace(/^copilot\//, "");
  if (named !== undefined && named !== "auto") return named;
  const result = asObject(request.result);
  // "Claude Sonnet 4 • 1x": the name and what it costs.
  return asText(asObject(result?.metadata)?.resolvedModel) ??
    asText(asText(result?.details)?.split(" • ")[0]) ?? named;
}

function readAttachments(variableData: unknown): readonly Attachment[] | undefined {
  const variables = asList(asObject(variableData)?.variables) ?? [];
  const attachments = variables.flatMap((item): Attachment[] => {
    const variable = asObject(item);
    if (variable === undefined) return [];
    // Until 2024 there was a list of values.
    const given = variable.value ?? asObject(asList(variable.values)?.[0])?.value;
    const path = pathOfUri(given) ?? pathOfUri(asObject(given)?.uri) ??
      textOf(variable.name === undefined ? undefined : { value: variable.name });
    return [{ kind: asText(variable.kind) ?? "file", ...(path !== undefined && { path }) }];
  });
  return attachments.length === 0 ? undefined : attachments;
}
