/**
 * A worker thread that gets every message, however early it is sent.
 *
 * @module
 */

/** What a thread says once it listens. */
export interface ReadyMessage {
  readonly kind: "ready";
}

/**
 * A worker whose messages wait until it is ready. Deno starts to hand out messages while the worker's modules are still
 * being loaded; what comes while one of them awaits something at its top finds no listener and is lost (2.6 to 2.9).
 */
export class Thread<To, From extends { readonly kind: string }> {
  readonly #worker: Worker;
  /** What waits; `undefined` once the worker listens. */
  #waiting: { readonly message: To; readonly transfer: Transferable[] }[] | undefined = [];

  /**
   * @param worker it must say `{ kind: "ready" }` when it listens
   * @param hear takes what it says else
   * @param fail is called when it ended by a fault
   */
  constructor(worker: Worker, hear: (message: From) => void, fail: (event: ErrorEvent) => void) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<From | ReadyMessage>) => {
      if (isReady(data)) this.#sendWaiting();
      else hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event);
    };
  }

  /** Sends a message. */
  send(message: To, transfer: Transferable[] = []): void {
    if (this.#waiting === undefined) this.#worker.postMessage(message, transfer);
    else this.#waiting.push({ message, transfer });
  }

  /** Ends the thread, as soon as it does nothing. */
  terminate(): void {
    this.#worker.terminate();
    // What it never got is nobody's.
    for (const { transfer } of this.#waiting ?? []) {
      for (const item of transfer) if (item instanceof MessagePort) item.close();
    }
    this.#waiting = [];
  }

  #sendWaiting(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const { message, transfer } of waiting) this.#worker.postMessage(message, transfer);
  }
}

function isReady(message: { readonly kind: string }): message is ReadyMessage {
  return message.kind === "ready";
}
