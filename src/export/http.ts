/**
 * One request of a remote that is spoken to by HTTP, and what its answer means.
 *
 * A redirect is never followed, so a key never goes to another host; an answer is read to a bound; whatever the network
 * does ends within the time limit.
 *
 * @module
 */

import type { HttpRemoteConfig } from "../config/config.ts";
import { VERSION } from "../platform/program.ts";
import type { Answer, Trial } from "./remote.ts";

/** An answer is read so far, bytes. */
const REPLY_BYTES = 64 << 10;
/** The rest of an answer must come within so long after its head, ms. */
const REPLY_TIME = 10_000;
/** A remote may ask to be left alone so long at the most, ms. */
const LONGEST_WAIT = 3_600_000;
/** So much of what a remote says is kept, characters. */
const MESSAGE_LENGTH = 300;

/** An answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** It ended before its end, or was longer than what is read. */
  readonly isCut: boolean;
}

/** A request to make. */
export interface Request {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The way to a remote. */
export class HttpClient {
  readonly #config: HttpRemoteConfig;
  readonly #client: Deno.HttpClient;

  /**
   * @param config with its secrets expanded
   * @throws {Error} if a file of a certificate can't be read
   */
  constructor(config: HttpRemoteConfig) {
    this.#config = config;
    const { ca_file, cert_file, key_file } = config;
    if ((cert_file === undefined) !== (key_file === undefined)) {
      throw new Error("`cert_file` and `key_file` go together: one of them is missing");
    }
    this.#client = Deno.createHttpClient({
      ...(ca_file !== undefined && { caCerts: [readPem("ca_file", ca_file)] }),
      ...(cert_file !== undefined && key_file !== undefined && {
        cert: readPem("cert_file", cert_file),
        key: readPem("key_file", key_file),
      }),
    });
  }

  /**
   * Makes a request.
   *
   * @throws {Error} whose message says in words what went wrong on the way, and has no secret
   */
  async request({ method, url, headers, body }: Request, signal: AbortSignal): Promise<Reply> {
    const { api_key, headers: own, timeout } = this.#config;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout);
    const stop = () => limit.abort();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      const response = await fetch(url, {
        method,
        headers: {
          "user-agent": `devlog-collector/${VERSION}`,
          accept: "application/json",
          ...(api_key !== undefined && { authorization: `Bearer ${api_key}` }),
          ...own,
          ...headers,
        },
        ...(body !== undefined && { body: body as BodyInit }),
        redirect: "manual",
        client: this.#client,
        signal: limit.signal,
      } as RequestInit);
      clearTimeout(timer);
      const { text, isCut } = await readReply(response);
      return { status: response.status, headers: response.headers, text, isCut };
    } catch (error) {
      const isLate = limit.signal.aborted && !signal.aborted;
      throw new Error(isLate ? `no answer within ${timeout / 1000} s` : wordsOf(error, new URL(url)));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  close(): void {
    this.#client.close();
  }
}

function readPem(name: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new Error(`${name} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Reads an answer to a bound, in bytes and in time. */
async function readReply(response: Response): Promise<{ readonly text: string; readonly isCut: boolean }> {
  if (response.body === null) return { text: "", isCut: false };
  const reader = response.body.getReader();
  const timer = setTimeout(() => reader.cancel().catch(() => {}), REPLY_TIME);
  const parts: Uint8Array[] = [];
  let bytes = 0, isCut = true;
  const endsAt = performance.now() + REPLY_TIME;
  try {
    while (bytes < REPLY_BYTES && performance.now() < endsAt) {
      const { done, value } = await reader.read();
      if (done) {
        isCut = performance.now() >= endsAt;
        break;
      }
      parts.push(value);
      bytes += value.length;
    }
  } catch {
    // It was cut off: the head has come, and what came of the rest.
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
  const all = new Uint8Array(Math.min(bytes, REPLY_BYTES));
  let at = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, all.length - at);
    all.set(fitting, at);
    at += fitting.length;
  }
  return { text: new TextDecoder().decode(all), isCut };
}

/** What the runtime says of a failed request, in words of this program. */
function wordsOf(error: unknown, { hostname, host }: URL): string {
  // Since Deno 2.7 the cause says it, before the message did.
  const { cause } = error as { readonly cause?: unknown };
  const said = cause instanceof Error ? cause : error;
  const text = said instanceof Error ? said.message : String(said);
  const detail = /: ([^:()]+(?:\(os error \d+\))?)$/.exec(text)?.[1];
  if (/dns error|failed to lookup|name or service/i.test(text)) {
    return `the name ${hostname} can't be resolved (DNS)`;
  }
  if (/refused/i.test(text)) return `${host} refuses the connection: nothing listens there`;
  if (/certificate|UnknownIssuer|invalid peer|tls|handshake|InvalidContentType/i.test(text)) {
    return `TLS with ${host} fails: ${detail ?? text.replace(/https?:\/\/\S+/g, host)}` +
      (/UnknownIssuer|unknown issuer/i.test(text) ? "; an own authority is named by `ca_file`" : "");
  }
  if (/reset|closed|broken pipe|unexpected e(?:nd|of)|incomplete/i.test(text)) {
    return `${host} ended the connection without an answer`;
  }
  if (/unreachable|timed out/i.test(text)) return `${host} can't be reached: ${detail ?? "timed out"}`;
  return `the request to ${host} fails: ${detail ?? text.replace(/https?:\/\/\S+/g, host)}`;
}

/**
 * What an answer other than a success means, whatever the kind of remote (RFC 9110; for OTLP see its specification).
 *
 * @param now ms since the epoch
 */
export function answerOf(reply: Reply, now: number): Answer {
  const { status, headers } = reply;
  const message = `HTTP ${status}${messageIn(reply.text)}`;
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.get("location") ?? "", "http://unknown")?.host;
    return {
      kind: "refused",
      status,
      message: `it redirects${
        to === undefined ? "" : ` to ${to}`
      }, which is not followed: name that URL instead`,
    };
  }
  switch (status) {
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return { kind: "unavailable", status, message, retryAfter: retryAfterOf(headers, now) };
    case 413:
      return { kind: "too-large", status, message };
    case 400:
    case 422:
      return { kind: "unacceptable", status, message, rejected: [] };
  }
  if (status >= 500) return { kind: "failing", status, message };
  return { kind: "refused", status, message: `${message}${HINTS[status] ?? ""}` };
}

const HINTS: Readonly<Record<number, string>> = {
  401: "; look at `api_key`",
  403: "; the key is known, and may not do this",
  404: "; look at the path in `url`",
  405: "; look at the path in `url`",
};

/** When a remote wants to be asked again, in ms from now (RFC 9110, 10.2.3); `undefined` where it does not say. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  // `Date.parse` would take nearly anything for a date; those of HTTP begin with the day.
  const date = /^[A-Za-z]{3}/.test(value) ? Date.parse(value) - now : NaN;
  const ms = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : date;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_WAIT, Math.max(0, ms));
}

/** What a remote says in the body of an answer, short and on one line. */
function messageIn(text: string): string {
  let said = text;
  try {
    const value = JSON.parse(text);
    said = value?.message ?? value?.error?.message ?? value?.error ?? text;
    if (typeof said !== "string") said = JSON.stringify(said);
  } catch {
    // Not JSON: a proxy's page, or a line of text.
    if (/^\s*</.test(text)) said = "";
  }
  const line = said.replace(/\s+/g, " ").trim().slice(0, MESSAGE_LENGTH);
  return line === "" ? "" : `: ${line}`;
}

/** Whether an answer is a page for people: a proxy's or a log-in, not the remote's. */
export function isWebPage({ headers, text }: Reply): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "") || /^\s*<(?:!doctype|html)/i.test(text);
}

/** A way that failed before there was an answer. */
export function unreached(error: unknown): Answer {
  return { kind: "unavailable", message: error instanceof Error ? error.message : String(error) };
}

/** A trial by one request. */
export async function tryBy(
  client: HttpClient,
  request: Request,
  signal: AbortSignal,
): Promise<Trial> {
  const start = performance.now();
  try {
    const reply = await client.request(request, signal);
    const time = `${Math.round(performance.now() - start)} ms`;
    const { host } = new URL(request.url);
    if (reply.status >= 200 && reply.status < 300) {
      return isWebPage(reply)
        ? {
          ok: false,
          message: `${host} answers with a web page: it is another service, or a log-in stands before it`,
        }
        : { ok: true, message: `${host} answers in ${time}` };
    }
    const answer = answerOf(reply, Date.now());
    return { ok: false, message: `${host} answers in ${time}: ${"message" in answer ? answer.message : ""}` };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The URL as it names a remote: without user, password and query, which may be secrets. */
export function targetOf(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1").replace(/[?#].*$/, "").replace(/\/+$/, "");
}

/** The bytes, compressed. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
