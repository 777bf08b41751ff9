import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { encodeLogs, logsOf, logsUrl, otlpRemote } from "../../src/export/otlp.ts";
import { eventually } from "../e2e/eventually.ts";
import { findCollector, skipUnless } from "../skips.ts";
import { remoteConfig } from "./remote_config.ts";
import { sampleEvents, SENDER } from "./sample_events.ts";

/** What the official definitions make of a request. */
async function decodeOfficially(
  request: object,
): Promise<{ readonly wrong: string | null; readonly decoded: unknown }> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-config", "--no-lock", join(import.meta.dirname!, "otlp_decoder.ts")],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(request)));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("the OTLP payload is what the official definitions say, and comes back whole", async () => {
  const request = logsOf(sampleEvents(50), SENDER);
  const { wrong, decoded } = await decodeOfficially(request);
  assertEquals(wrong, null);
  // What the definitions do not know would be gone now; `eventName` came later than these.
  assertEquals(meaningOf(decoded), meaningOf(request));
});

/** A message without what a definition may leave out. */
function meaningOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaningOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => name !== "eventName" && !(Array.isArray(item) && item.length === 0))
      .map(([name, item]) => [name, meaningOf(item)]),
  );
}

Deno.test("an event is one record with its id, and the same each time", async () => {
  const events = sampleEvents();
  assertEquals(JSON.stringify(logsOf(events, SENDER)), JSON.stringify(logsOf(events, SENDER)));
  const [{ body }, again] = [await encodeLogs(events, SENDER), await encodeLogs(events, SENDER)];
  assertEquals(body, again.body);
  const records = recordsIn(logsOf(events, SENDER));
  assertEquals(
    records.map(({ attributes }) => attributes["log.record.uid"]).toSorted(),
    events.map(({ id }) => id),
  );
  const response = records.find(({ attributes }) => attributes["devlog.event.type"] === "llm_response")!;
  assertEquals(response.attributes["gen_ai.response.model"], "gpt-5");
  assertEquals(response.attributes["gen_ai.provider.name"], "openai");
  // Input there counts what was read from a cache.
  assertEquals(response.attributes["gen_ai.usage.input_tokens"], "1010");
  assertEquals(response.timeUnixNano, "1800000000001000000");
  assertEquals(new Set(records.map(({ spanId }) => spanId)).size, events.length);
  assertEquals(new Set(records.map(({ traceId }) => traceId)).size, 10);
  for (const { traceId, spanId } of records) {
    assert(/^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId));
  }
});

interface FlatRecord {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly spanId: string;
  readonly timeUnixNano: string;
}

// deno-lint-ignore no-explicit-any -- JSON
function recordsIn(request: any): readonly FlatRecord[] {
  // deno-lint-ignore no-explicit-any -- JSON
  return request.resourceLogs.flatMap((resource: any) =>
    // deno-lint-ignore no-explicit-any -- JSON
    resource.scopeLogs.flatMap((scope: any) =>
      // deno-lint-ignore no-explicit-any -- JSON
      scope.logRecords.map((record: any) => ({
        ...record,
        attributes: Object.fromEntries(
          // deno-lint-ignore no-explicit-any -- JSON
          record.attributes.map(({ key, value }: any) => [key, Object.values(value)[0]]),
        ),
      }))
    )
  );
}

Deno.test("logsUrl() appends the usual path to a URL that has none", () => {
  for (
    const [url, expected] of [
      ["http://localhost:4318", "http://localhost:4318/v1/logs"],
      ["http://localhost:4318/", "http://localhost:4318/v1/logs"],
      ["https://otel.example/team/v1/logs", "https://otel.example/team/v1/logs"],
      ["https://x.example?key=1", "https://x.example?key=1"],
    ] as const
  ) assertEquals(logsUrl(url), expected);
});

Deno.test({
  name: "a real OpenTelemetry Collector takes every event, also after it was killed [needs otelcol]",
  ...skipUnless("otelcol"),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "devlog-otelcol-" });
    const port = freePort();
    const received = join(folder, "received.jsonl");
    await Deno.writeTextFile(
      join(folder, "config.yaml"),
      `receivers: { otlp: { protocols: { http: { endpoint: 127.0.0.1:${port} } } } }
exporters: { file: { path: ${received}, append: true } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { logs: { receivers: [otlp], exporters: [file] } }
`,
    );
    const start = () =>
      new Deno.Command(findCollector()!, {
        args: ["--config", join(folder, "config.yaml")],
        stdout: "null",
        stderr: "null",
      }).spawn();
    const connection = otlpRemote.connect(remoteConfig("otlp", { url: `http://127.0.0.1:${port}` }));
    const events = sampleEvents(300);
    let collector = start();
    try {
      for (let at = 0; at < events.length; at += 100) {
        const payload = await encodeLogs(events.slice(at, at + 100), SENDER);
        if (at === 100) {
          collector.kill("SIGKILL");
          await collector.status;
          const { kind } = await connection.send(
            { id: "x", events: 100, ...payload },
            new AbortController().signal,
          );
          assertEquals(kind, "unavailable");
          collector = start();
        }
        await eventually("the Collector takes a batch", async () => {
          const answer = await connection.send(
            { id: "x", events: 100, ...payload },
            new AbortController().signal,
          );
          assert(answer.kind === "accepted" || answer.kind === "unavailable", JSON.stringify(answer));
          return answer.kind === "accepted";
        }, 20_000);
        // What it has taken it writes a moment later; only what is written survives being killed.
        await eventually("the batch is written", () => idsIn(received).size >= at + 100, 20_000);
      }
      assertEquals([...idsIn(received)].toSorted(), events.map(({ id }) => id));
    } finally {
      await connection.close();
      collector.kill("SIGTERM");
      await collector.status;
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The ids of all records in the file of a Collector. */
function idsIn(path: string): ReadonlySet<unknown> {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
  const lines = text.split("\n").slice(0, -1);
  return new Set(
    lines.flatMap((line) =>
      recordsIn(JSON.parse(line)).map(({ attributes }) => attributes["log.record.uid"])
    ),
  );
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
