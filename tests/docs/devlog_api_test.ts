import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { parse } from "yaml";
import { Ajv2020 } from "ajv/dist/2020.js";
import { EVENT_TYPES } from "../../src/events/event.ts";
import { devlogEvent } from "../../src/export/devlog.ts";
import { DevlogServer } from "../export/devlog_server.ts";
import { sampleEvents, SENDER } from "../export/sample_events.ts";

const document = parse(Deno.readTextFileSync(join(import.meta.dirname!, "../../docs/devlog-api.yaml")));
const ajv = new Ajv2020({ strict: false });
ajv.addFormat("uuid", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addFormat("date-time", (text) => !Number.isNaN(Date.parse(text)));
ajv.addSchema(document, "api");

function problemsOf(schema: string, value: unknown): unknown {
  const validate = ajv.getSchema(`api#/components/schemas/${schema}`)!;
  return validate(JSON.parse(JSON.stringify(value))) ? null : validate.errors;
}

Deno.test("docs/devlog-api.yaml describes what is sent, of every type", () => {
  assertEquals(document.components.schemas.Event.properties.eventType.enum, [...EVENT_TYPES]);
  for (const event of sampleEvents()) assertEquals(problemsOf("Event", devlogEvent(event, SENDER)), null);
});

Deno.test("the reference server answers as docs/devlog-api.yaml says, and takes what it describes", async () => {
  const server = new DevlogServer();
  server.refuses = ({ eventType }) =>
    eventType === "session_end" ? { code: "no", message: "not wanted" } : undefined;
  const body = new TextEncoder().encode(
    JSON.stringify(sampleEvents().map((event) => devlogEvent(event, SENDER))),
  );
  const answer = await server.take(new Headers({ "idempotency-key": "b" }), body);
  assertEquals([answer.status, problemsOf("Result", JSON.parse(answer.body))], [200, null]);
  assertEquals(JSON.parse(answer.body).rejected.length, 1);
  assertEquals(server.held.size, EVENT_TYPES.length - 1);
  // The same key is answered as the first time.
  assertEquals(await server.take(new Headers({ "idempotency-key": "b" }), body), answer);
  const bad = await server.take(new Headers(), new TextEncoder().encode("{"));
  assertEquals([bad.status, problemsOf("Refusal", { ...JSON.parse(bad.body), details: undefined })], [
    400,
    null,
  ]);
  // A lower revision does not replace a higher one.
  const [first] = sampleEvents(1);
  const send = (revision: number) =>
    server.take(
      new Headers(),
      new TextEncoder().encode(JSON.stringify([devlogEvent({ ...first!, revision }, SENDER)])),
    );
  await send(7);
  await send(3);
  assertEquals(server.held.get(first!.id)!.revision, 7);
});
