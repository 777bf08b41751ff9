/**
 * Delivery: the past to a remote that is fast, and from a line that an agent appends to its event at the remote.
 *
 * @module
 */

import { formatId } from "../../../src/events/id.ts";
import type { Measurement } from "../bench.ts";
import { LiveSource } from "../live_source.ts";
import { pause } from "../proc.ts";
import type { Program } from "../program.ts";
import { percentile } from "../statistics.ts";
import { connect, waitUntilQuiet } from "../store.ts";

/** So many events the bar speaks of. */
const EVENTS = 100_000;
/** Of the usual history, so much has more events than that, and so much a tenth of them. */
const SHARE = 4;
const SMALL_SHARE = 40;
const LINES = 40;
/** A line that is not at the remote after so long is lost, ms. */
const PATIENCE = 30_000;

/** `export`: a first export, its memory, and the lag of what is new. */
export const exporting: Measurement = {
  name: "export",
  async *measure(bench) {
    const peaks: number[] = [];
    for (const share of [SMALL_SHARE, SHARE]) {
      const home = bench.home("small", bench.options.bytes / share);
      const program = await bench.program(home);
      await program.run("sync", "--initial-sync-days", "0");
      using sink = new Sink();
      for (const content of ["none", "redacted"]) {
        configure(program, { [content]: { type: "otlp", url: sink.url, content, auto_sync: false } });
        const { seconds, peak } = await program.run("export", "--remote", content);
        if (content === "redacted") peaks.push(peak / 1e6);
        if (share === SMALL_SHARE) continue;
        const events = sink.takeEvents();
        yield {
          what: `first export, per ${EVENTS.toLocaleString("en")} events, content ${content}`,
          value: seconds * EVENTS / events,
          unit: "s",
          bar: { atMost: 20 },
          note: `${events} events in ${seconds.toFixed(2)} s`,
        };
      }
      await bench.discard(program);
    }
    const [small, large] = peaks as [number, number];
    yield {
      what: "  peak memory, ten times as many events",
      value: large / small,
      unit: "x",
      bar: { atMost: 1.25 },
      note: `${small.toFixed(0)} MB, ${large.toFixed(0)} MB`,
    };

    const home = bench.home("large", bench.options.bytes / SMALL_SHARE);
    const program = await bench.program(home);
    {
      using sink = new Sink();
      configure(program, { team: { type: "devlog", url: sink.url, content: "full" } });
      await using collector = program.start("--initial-sync-days", "0");
      using reader = await connect(program.store, collector);
      using source = new LiveSource(home);
      await waitUntilQuiet(reader, collector);
      const lags: number[] = [];
      for (let line = 0; line < LINES; line++) {
        await pause(300 + Math.random() * 900);
        const { id, at } = source.append();
        const text = formatId(id);
        while (!sink.ids.has(text)) {
          if (performance.now() - at > PATIENCE) throw new Error("An appended line is not at the remote");
          await pause(1);
        }
        lags.push(performance.now() - at);
      }
      yield {
        what: "one line appended, at the remote: p50",
        value: percentile(lags, 0.5),
        unit: "ms",
        note: `${LINES} lines`,
      };
      yield {
        what: "one line appended, at the remote: p99",
        value: percentile(lags, 0.99),
        unit: "ms",
        bar: { atMost: 1_000 },
      };
    }
    await bench.discard(program);
    await bench.discardHome(home);
  },
};

function configure(program: Program, remotes: object): void {
  Deno.mkdirSync(program.devlogHome, { recursive: true });
  // JSON is YAML.
  Deno.writeTextFileSync(`${program.devlogHome}/config.yaml`, JSON.stringify({ export: { remotes } }));
}

/** A server that takes everything. */
class Sink implements Disposable {
  readonly ids = new Set<string>();
  #events = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#take(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** How many events came since this was last called. */
  takeEvents(): number {
    const events = this.#events;
    this.#events = 0;
    return events;
  }

  async #take(request: Request): Promise<Response> {
    const isGzip = request.headers.get("content-encoding") === "gzip";
    const text = isGzip
      ? await new Response(request.body!.pipeThrough(new DecompressionStream("gzip"))).text()
      : await request.text();
    this.#events += text.split('"log.record.uid"').length - 1;
    for (const { 1: id } of text.matchAll(/\{"id":"([0-9a-f-]{36})"/g)) this.ids.add(id!);
    return Response.json({});
  }

  [Symbol.dispose](): void {
    void this.#server.shutdown();
  }
}
