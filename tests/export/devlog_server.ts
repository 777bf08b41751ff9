/**
 * A small devlog server: contract v1 of `docs/devlog-api.yaml`, as a reference and for tests.
 *
 * @module
 */

import type { Exchange } from "./bad_server.ts";

/** An event as it is held. */
export interface HeldEvent {
  readonly id: string;
  readonly revision: number;
  readonly eventType: string;
  readonly [name: string]: unknown;
}

/** Why an event is not taken, by its id. */
export type Refuses = (event: HeldEvent) => { readonly code: string; readonly message: string } | undefined;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the server holds. */
export class DevlogServer {
  readonly held = new Map<string, HeldEvent>();
  /** Events that came once more in a revision that was there. */
  repeated = 0;
  readonly #batches = new Map<string, string>();
  readonly bodies = new Map<string, string>();
  refuses: Refuses = () => undefined;

  /** Answers a request as the contract says. */
  async serve({ request, answer }: Exchange): Promise<void> {
    if (request.method === "GET" && request.path.endsWith("/api/health")) {
      return await answer(200, '{"ok":true}');
    }
    if (request.method !== "POST" || !request.path.endsWith("/api/events/batch")) {
      return await answer(404, "{}");
    }
    const { status, body } = await this.take(request.headers, request.body);
    await answer(status, body, { "accept-encoding": "gzip" });
  }

  /** Takes a batch, whether the answer arrives or not. */
  async take(
    headers: Headers,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const text = headers.get("content-encoding") === "gzip"
      ? await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text()
      : new TextDecoder().decode(bytes);
    const key = headers.get("idempotency-key");
    const known = key === null ? undefined : this.#batches.get(key);
    if (key !== null && known !== undefined) {
      if (this.bodies.get(key) !== text) throw new Error(`the batch ${key} came with other bytes`);
      this.repeated += JSON.parse(text).length;
      return { status: 200, body: known };
    }
    let events: readonly HeldEvent[];
    try {
      events = JSON.parse(text);
    } catch (error) {
      return { status: 400, body: JSON.stringify({ error: "Invalid JSON", details: [String(error)] }) };
    }
    const rejected: { index: number; id: string; code: string; message: string }[] = [];
    events.forEach((event, index) => {
      const refusal = wrongIn(event) ?? this.refuses(event);
      if (refusal !== undefined) rejected.push({ index, id: event.id, ...refusal });
      else this.#hold(event);
    });
    const body = JSON.stringify({ accepted: events.length - rejected.length, rejected });
    if (key !== null) {
      this.#batches.set(key, body);
      this.bodies.set(key, text);
    }
    return { status: 200, body };
  }

  #hold(event: HeldEvent): void {
    const held = this.held.get(event.id);
    if (held !== undefined && held.revision >= event.revision) this.repeated++;
    else this.held.set(event.id, event);
  }
}

function wrongIn(event: HeldEvent): { readonly code: string; readonly message: string } | undefined {
  const wrong: string | false | undefined = [
    !UUID.test(event.id) && "id is no UUID",
    !Number.isInteger(event.revision) && "revision is no integer",
    !UUID.test(String(event.sessionId)) && "sessionId is no UUID",
    Number.isNaN(Date.parse(String(event.timestamp))) && "timestamp is no time",
    ["eventType", "agentId", "agentVersion"].some((name) => !event[name]) && "a required text is empty",
  ].find((message) => message !== false);
  return wrong ? { code: "invalid", message: wrong } : undefined;
}
