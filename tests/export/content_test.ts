import { assert, assertEquals } from "@std/assert";
import { DATA_FIELDS } from "../../src/events/content.ts";
import { type AgentEvent, EVENT_TYPES, type EventType } from "../../src/events/event.ts";
import { applyContent, type ContentRules, contentText, isWider } from "../../src/export/content.ts";
import { Outgoing } from "../../src/export/outgoing.ts";
import { kindOf } from "../../src/export/remotes.ts";
import { Redactor } from "../../src/export/redact.ts";
import { truncate } from "../../src/export/truncate.ts";
import { fileConfig, postgresConfig, remoteConfig } from "./remote_config.ts";
import { SENDER } from "./sample_events.ts";

const CANARY = "canary-7f3a";

/** An event of a type with the canary in each text that people, models and tools wrote, in every form it may have. */
function canaryEvent(type: EventType): AgentEvent {
  const { content, metadata } = DATA_FIELDS[type];
  const data: Record<string, unknown> = {};
  for (const name of content) {
    data[name] = name === "attachments"
      ? [{ kind: "file", path: CANARY }]
      : name === "arguments" || name === "result" || name === "patch" || name === "output"
      ? { deep: [{ [CANARY]: CANARY }] }
      : CANARY;
  }
  for (const name of metadata) data[name] = "plain";
  return {
    id: "00000000-0000-8000-8000-000000000000",
    revision: 1,
    type,
    timestamp: 1_800_000_000_000,
    agent: "claude-code",
    sessionId: "s",
    workspace: `/home/me/${CANARY}`,
    repository: `https://example.com/${CANARY}.git`,
    branch: CANARY,
    model: "claude-x",
    metrics: { outputTokens: 3 },
    data,
  } as unknown as AgentEvent;
}

function rules(level: ContentRules["level"], include: ContentRules["include"] = []): ContentRules {
  const redactor = new Redactor(() => "0000");
  return { level, include, redactor, hashWorkspace: () => "hash" };
}

for (const type of EVENT_TYPES) {
  Deno.test(`content none lets nothing out that was written in a ${type}`, () => {
    const event = canaryEvent(type);
    const sent = applyContent(event, rules("none"));
    assert(!JSON.stringify(sent).includes(CANARY), JSON.stringify(sent));
    assertEquals([sent.id, sent.type, sent.metrics, sent.workspaceHash], [
      event.id,
      type,
      event.metrics,
      "hash",
    ]);
    for (const name of DATA_FIELDS[type].metadata) {
      assertEquals((sent.data as unknown as Record<string, unknown>)[name], "plain");
    }
    // With all else that `none` may be told to send, the data still stays.
    const named = applyContent(event, rules("none", ["path", "repository", "branch"]));
    assertEquals([named.workspace, named.repository, named.branch], [
      event.workspace,
      event.repository,
      event.branch,
    ]);
    assert(!JSON.stringify(named.data).includes(CANARY));
  });

  Deno.test(`content redacted and full keep all that was written in a ${type}`, () => {
    const event = canaryEvent(type);
    assertEquals(applyContent(event, rules("redacted")), event);
    assertEquals(applyContent(event, rules("full")), event);
  });
}

Deno.test("content redacted replaces secrets in paths, branches and repositories too", () => {
  const key = `gsk_${"aB3".repeat(18)}`;
  const event = {
    ...canaryEvent("llm_request"),
    workspace: `/w/${key}`,
    branch: key,
    repository: `https://u:${key}@h/r`,
  };
  const text = JSON.stringify(applyContent(event as AgentEvent, rules("redacted")));
  assert(!text.includes(key), text);
});

Deno.test("isWider() tells whether something leaves now that was held back", () => {
  const text = (content: "none" | "redacted" | "full", include: ("path" | "branch")[] = []) =>
    contentText({ content, include });
  assertEquals(isWider(text("full"), text("redacted")), true);
  assertEquals(isWider(text("none"), text("redacted")), false);
  assertEquals(isWider(text("none", ["path"]), text("none")), true);
  assertEquals(isWider(text("none"), text("none", ["path"])), false);
  assertEquals(isWider(text("none", ["branch", "path"]), text("none", ["path", "branch"])), false);
});

Deno.test("truncate() cuts the longest strings until the event fits, and says what it was", () => {
  const event = canaryEvent("llm_request");
  const large = { ...event, data: { prompt: "ä".repeat(50_000), note: "short" } } as unknown as AgentEvent;
  const cut = truncate(large, 10_000);
  const bytes = new TextEncoder().encode(JSON.stringify(cut)).length;
  assert(bytes <= 10_000, `${bytes}`);
  assertEquals((cut.data as unknown as Record<string, unknown>).note, "short");
  assertEquals(cut.truncated?.bytes, new TextEncoder().encode(JSON.stringify(large.data)).length);
  assertEquals(truncate(event, 10_000), event);
});

Deno.test("with content none nothing that was written is on the wire, whatever the kind of remote", async () => {
  const remotes = {
    otlp: remoteConfig("otlp", { url: "https://x", content: "none" }),
    devlog: remoteConfig("devlog", { url: "https://x", content: "none" }),
    postgres: postgresConfig("postgres://x/y", { content: "none" }),
    file: fileConfig("/x", { content: "none" }),
  };
  for (const config of Object.values(remotes)) {
    const outgoing = new Outgoing(config, "secret");
    const events = EVENT_TYPES.map((type) => outgoing.prepare(canaryEvent(type)));
    const { body, headers } = await (await kindOf(config)).encode(events, config, SENDER);
    const stream = new Blob([body as BlobPart]).stream();
    const isGzip = headers["content-encoding"] === "gzip";
    const text = await new Response(isGzip ? stream.pipeThrough(new DecompressionStream("gzip")) : stream)
      .text();
    for (const type of EVENT_TYPES) assert(text.includes(type), type);
    assert(!text.includes(CANARY) && !JSON.stringify(headers).includes(CANARY), `${config.type}: ${text}`);
  }
});
