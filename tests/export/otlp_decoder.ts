// deno-lint-ignore-file no-console -- a program that answers on stdout
/**
 * Reads an OTLP request in its JSON form from stdin, and writes what is left of it after it went through the official
 * protobuf definitions, or what is wrong with it.
 *
 * A program of its own, run without the project's configuration: nobody else should have to load what it needs. 0.57 is
 * the last version of the package that holds the definitions.
 *
 * @module
 */

const PACKAGE = "@opentelemetry/otlp-transformer@0.57.2/build/src/generated/root.js";

const { default: root } = await import(`npm:${PACKAGE}`);
const request = root.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
const message = withBytes(JSON.parse(await new Response(Deno.stdin.readable).text()));
const typed = request.fromObject(message);
const wrong = request.verify(typed);
const decoded = request.toObject(request.decode(request.encode(typed).finish()), {
  longs: String,
  enums: Number,
});
console.log(
  JSON.stringify({ wrong, decoded }, (_, value) => value?.type === "Buffer" ? hex(value.data) : value),
);

/** The JSON form has ids in hex where protobuf.js wants bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === "traceId" || name === "spanId" ? Uint8Array.fromHex(item as string) : withBytes(item),
    ]),
  );
}

function hex(bytes: readonly number[]): string {
  return new Uint8Array(bytes).toHex();
}
