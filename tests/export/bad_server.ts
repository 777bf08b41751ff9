/**
 * An HTTP server that misbehaves as it is told: on sockets, so that it can do what no proper server does.
 *
 * @module
 */

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** One connection with one request, to be answered. */
export interface Exchange {
  readonly request: SeenRequest;
  /** Answers properly. */
  answer(status: number, body?: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** Writes what is given, whatever it is. Says whether the other side still listened. */
  write(text: string | Uint8Array): Promise<boolean>;
  /** Ends the connection. */
  cut(): void;
}

/** What the server does with a request; `nth` counts from 0. */
export type Behaviour = (exchange: Exchange, nth: number) => Promise<void> | void;

const decoder = new TextDecoder();

/** The server. */
export class BadServer implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly requests: SeenRequest[] = [];
  readonly url: string;
  behaves: Behaviour;
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  readonly #exchanges = new Set<Promise<void>>();

  constructor(behaves: Behaviour, tls?: { readonly cert: string; readonly key: string }) {
    this.behaves = behaves;
    const at = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls === undefined ? Deno.listen(at) : Deno.listenTls({ ...at, ...tls });
    this.url = `${tls === undefined ? "http" : "https"}://127.0.0.1:${
      (this.#listener.addr as Deno.NetAddr).port
    }`;
    this.#serving = this.#serve();
  }

  async #serve(): Promise<void> {
    for (;;) {
      let connection: Deno.Conn;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        // A handshake that fails is the other side's; a closed listener is the end.
        if (error instanceof Deno.errors.BadResource) return;
        continue;
      }
      this.#connections.add(connection);
      const exchange = this.#exchange(connection).catch(() => {}).finally(() => {
        this.#connections.delete(connection);
        close(connection);
      });
      this.#exchanges.add(exchange);
      exchange.finally(() => this.#exchanges.delete(exchange));
    }
  }

  async #exchange(connection: Deno.Conn): Promise<void> {
    const request = await readRequest(connection);
    if (request === undefined) return;
    const write = async (text: string | Uint8Array) => {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      try {
        for (let written = 0; written < bytes.length;) {
          written += await connection.write(bytes.subarray(written));
        }
        return true;
      } catch {
        return false;
      }
    };
    this.requests.push(request);
    await this.behaves({
      request,
      write,
      cut: () => close(connection),
      answer: async (status, body = "", headers = {}) => {
        const lines = Object.entries({ "content-type": "application/json", ...headers, connection: "close" });
        const bytes = new TextEncoder().encode(body);
        await write(
          `HTTP/1.1 ${status} X\r\n${
            lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")
          }content-length: ${bytes.length}\r\n\r\n`,
        );
        await write(bytes);
      },
    }, this.requests.length - 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#serving;
    await Promise.all(this.#exchanges);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

async function readRequest(connection: Deno.Conn): Promise<SeenRequest | undefined> {
  let bytes = new Uint8Array(0);
  const more = async () => {
    const part = new Uint8Array(1 << 16);
    const count = await connection.read(part);
    if (count === null) return false;
    const all = new Uint8Array(bytes.length + count);
    all.set(bytes);
    all.set(part.subarray(0, count), bytes.length);
    bytes = all;
    return true;
  };
  let end = -1;
  while ((end = decoder.decode(bytes).indexOf("\r\n\r\n")) === -1) {
    if (!await more()) return undefined;
  }
  const [first, ...lines] = decoder.decode(bytes.subarray(0, end)).split("\r\n");
  const [method = "", path = ""] = first!.split(" ");
  const headers = new Headers(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as [string, string];
  }));
  const length = Number(headers.get("content-length") ?? 0);
  while (bytes.length < end + 4 + length) {
    if (!await more()) return undefined;
  }
  return { method, path, headers, body: bytes.slice(end + 4, end + 4 + length) };
}
