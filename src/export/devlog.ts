/**
 * A remote that is a devlog server: `POST /api/events/batch`.
 *
 * The body is the array that servers have always taken. What makes delivery exact came with contract v1 (written down in
 * `docs/devlog-api.yaml`): `id` and `revision` count, a batch has an `Idempotency-Key`, and the answer names what was not
 * taken. A server of before takes the same body; it gives events ids of its own, so there a batch that is sent again is
 * there twice.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { HttpRemoteConfig } from "../config/config.ts";
import { answerOf, gzip, HttpClient, isWebPage, type Reply, targetOf, tryBy, unreached } from "./http.ts";
import type {
  Answer,
  Connection,
  FrozenBatch,
  OutgoingEvent,
  Rejected,
  RemoteKind,
  Sender,
  Trial,
} from "./remote.ts";

const encoder = new TextEncoder();
const BATCH_PATH = "/api/events/batch";
const HEALTH_PATH = "/api/health";
/** What a server of before wants to have and events do not: a project's number, and a version. */
const PROJECT = 1;
const NO_VERSION = "unknown";

/** The kind. */
export const devlogRemote: RemoteKind<HttpRemoteConfig> = {
  type: "devlog",
  target: ({ url }) => targetOf(url),
  encode: (events, _config, sender) =>
    Promise.resolve({
      body: encoder.encode(JSON.stringify(events.map((event) => devlogEvent(event, sender)))),
      headers: { "content-type": "application/json" },
    }),
  connect: (config) => new DevlogConnection(config),
};

class DevlogConnection implements Connection {
  readonly #client: HttpClient;
  readonly #url: string;
  /** Whether the server has said that it takes compressed bodies (RFC 9110, 12.5.3). */
  #takesGzip = false;

  constructor(config: HttpRemoteConfig) {
    this.#client = new HttpClient(config);
    this.#url = config.url.replace(/\/+$/, "");
  }

  async send({ id, body, headers, events }: FrozenBatch, signal: AbortSignal): Promise<Answer> {
    let reply: Reply;
    try {
      reply = await this.#client.request({
        method: "POST",
        url: this.#url + BATCH_PATH,
        headers: {
          ...headers,
          "idempotency-key": id,
          ...(this.#takesGzip && { "content-encoding": "gzip" }),
        },
        body: this.#takesGzip ? await gzip(body) : body,
      }, signal);
    } catch (error) {
      return unreached(error);
    }
    this.#takesGzip = /\bgzip\b/i.test(reply.headers.get("accept-encoding") ?? "");
    return readAnswer(reply, events, Date.now());
  }

  try(signal: AbortSignal): Promise<Trial> {
    return tryBy(this.#client, { method: "GET", url: this.#url + HEALTH_PATH, headers: {} }, signal);
  }

  close(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }
}

/** What an answer says of a batch of so many events. */
function readAnswer(reply: Reply, events: number, now: number): Answer {
  const { status, isCut } = reply;
  if (status < 200 || status >= 300) {
    const answer = answerOf(reply, now);
    return answer.kind === "unacceptable" ? { ...answer, rejected: indicesIn(reply.text, events) } : answer;
  }
  if (isWebPage(reply)) {
    return {
      kind: "refused",
      message: "a web page answers: it is no devlog server, or a log-in stands before it",
    };
  }
  // It may have named events that it did not take. The batch has a key, so it is not there twice when it comes again.
  if (isCut) return { kind: "unavailable", message: "the answer was cut off" };
  try {
    const { rejected } = JSON.parse(reply.text);
    return { kind: "accepted", rejected: Array.isArray(rejected) ? rejected.map(rejectedOf) : [] };
  } catch {
    return { kind: "accepted", rejected: [] };
  }
}

function rejectedOf(
  { index, code, message }: { index?: unknown; code?: unknown; message?: unknown },
): Rejected {
  return { index: Number(index), message: [code, message].filter((part) => part !== undefined).join(": ") };
}

/** The events that a refusal names: contract v1 lists them, a server of before says `"12.sessionId"`. */
function indicesIn(text: string, events: number): readonly Rejected[] {
  let body: { readonly rejected?: unknown; readonly details?: unknown };
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    return [];
  }
  if (Array.isArray(body.rejected)) return body.rejected.map(rejectedOf);
  if (!Array.isArray(body.details)) return [];
  return body.details.flatMap(({ field, message }: { field?: unknown; message?: unknown }) => {
    const index = Number.parseInt(String(field), 10);
    return index >= 0 && index < events ? [{ index, message: `${field}: ${message}` }] : [];
  });
}

/** An event as devlog servers know it. */
export function devlogEvent(event: OutgoingEvent, sender: Sender): object {
  const { metrics = {}, sessionId, parentSessionId, data } = event;
  const tokens = [metrics.inputTokens, metrics.cacheReadTokens, metrics.cacheWriteTokens]
    .filter((count) => count !== undefined);
  const promptTokens = tokens.length === 0 ? undefined : tokens.reduce((sum, count) => sum + count, 0);
  const tokenCount = promptTokens === undefined && metrics.outputTokens === undefined
    ? undefined
    : (promptTokens ?? 0) + (metrics.outputTokens ?? 0);
  return {
    id: event.id,
    revision: event.revision,
    timestamp: new Date(event.timestamp).toISOString(),
    eventType: event.type,
    agentId: event.agent,
    agentVersion: event.agentVersion ?? NO_VERSION,
    sessionId: asUuid(sessionId),
    projectId: PROJECT,
    severity: event.type === "error_encountered" ? "error" : "info",
    context: {
      machineId: sender.machineId,
      nativeSessionId: sessionId,
      parentSessionId,
      workspacePath: event.workspace,
      workspaceHash: event.workspaceHash,
      repository: event.repository,
      branch: event.branch,
      model: event.model,
      superseded: event.superseded,
      truncated: event.truncated,
    },
    data,
    metrics: {
      ...metrics,
      promptTokens,
      responseTokens: metrics.outputTokens,
      tokenCount,
      cost: metrics.costUsd,
    },
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** The namespace of URLs (RFC 9562, 6.6). */
const NAMESPACE = "6ba7b8119dad11d180b400c04fd430c8";

/** The id of a session as the UUID that servers want: itself, or a UUIDv5 of it (RFC 9562, 5.5). */
export function asUuid(text: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  const bytes = createHash("sha1").update(Uint8Array.fromHex(NAMESPACE)).update(`devlog:session:${text}`)
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
