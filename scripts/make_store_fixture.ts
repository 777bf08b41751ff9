/**
 * Makes a small store of the present schema that has something of everything, and a list of the events in it:
 * `tests/fixtures/stores/schema-<version>.db` and `.json`.
 *
 *     deno run -A scripts/make_store_fixture.ts
 *
 * Run it once for each schema, before its release, with the oldest Deno that is supported: what that packs, all can read.
 * The files of a released schema are never made again, for they stand for the stores that people have.
 *
 * @module
 */

import type { EventDraft } from "../src/events/event.ts";
import type { UnreadRecord } from "../src/store/batch.ts";
import { BatchBuilder } from "../src/store/batch_builder.ts";
import { NameNumbers } from "../src/store/name_numbers.ts";
import { queryEvents } from "../src/store/event_query.ts";
import { StoreReader } from "../src/store/reader.ts";
import { SCHEMA_VERSION } from "../src/store/schema.ts";
import { StoreWriter } from "../src/store/writer.ts";

const AGENT = "claude-code";
const NOW = Date.UTC(2026, 0, 1);
const STAMP = { device: 1, inode: 2, birth: NOW, size: 1000, mtime: NOW, ctime: null };

const context = {
  anchor: "anchor",
  position: 0,
  revision: 1,
  complete: true,
  timestamp: NOW,
  agentVersion: "2.1.0",
  sessionId: "session-1",
  workspace: "/home/somebody/project",
  repository: "https://example.com/project.git",
  branch: "main",
} as const;

const PROMPT: EventDraft = {
  ...context,
  key: "prompt",
  type: "llm_request",
  data: { prompt: "Why is the sky blue?", attachments: [{ kind: "image" }] },
};
const ANSWER: EventDraft = {
  ...context,
  key: "answer",
  type: "llm_response",
  model: "a-model",
  revision: 3,
  position: 100,
  data: { text: "Because of scattering. ".repeat(500), stopReason: "end_turn" },
  metrics: { inputTokens: 10, outputTokens: 2000, cacheReadTokens: 30, reasoningTokens: 4, costUsd: 0.0125 },
};
const CALL: EventDraft = {
  ...context,
  key: "call",
  type: "command_execution",
  complete: false,
  position: 200,
  parentSessionId: "session-0",
  data: { tool: "Bash", callId: "call-1", command: "ls", exitCode: 0, output: "日本語\n" },
  metrics: { durationMs: 12 },
};
/** What a fork says of the answer: less, so that it is kept as a copy. */
const COPY: EventDraft = {
  ...ANSWER,
  copied: true,
  revision: 2,
  sessionId: "session-2",
  data: { text: "Because" },
};
const REWOUND: EventDraft = {
  ...context,
  key: "rewound",
  position: 50,
  type: "user_interaction",
  data: { action: "cancel" },
};
const UNREAD: UnreadRecord = { position: 300, length: 9, reason: "type:new", bytes: Uint8Array.of(1, 2, 3) };

function makeStore(path: string): void {
  const writer = new StoreWriter(path);
  writer.database.exec(
    "update meta set value = '00000000-0000-4000-8000-000000000000' where key = 'machine'",
  );
  const builder = new BatchBuilder(new NameNumbers());
  const [first, second] = writer.transaction(() =>
    writer.register(["one", "two"].map((twin, rank) => ({
      agent: AGENT,
      root: "/home/somebody/.claude/projects",
      twin,
      path: `/home/somebody/.claude/projects/${twin}`,
      relativePath: twin,
      format: "jsonl",
      rank,
      stamp: STAMP,
      adapterVersion: 1,
      collectedFrom: 0,
    })))
  ) as [number, number];

  /** Commits what a source says, from its start to its end or to a place before it. */
  const commit = (source: number, drafts: readonly EventDraft[], atEnd: boolean, isRestarted = false) => {
    for (const draft of drafts) builder.add(AGENT, draft);
    builder.addSegment({
      source,
      firstRow: 0,
      endRow: drafts.length,
      from: 0,
      ...(isRestarted && { restarted: { shrunk: false } }),
      cursor: { offset: 400, headLength: 400, headHash: 5, tailHash: 6 },
      stamp: STAMP,
      readAt: NOW,
      parserState: '{"open":[]}',
      atEnd,
      unread: [UNREAD],
      leftOut: 1,
      filter: "",
      isRereading: false,
    });
    const batch = builder.take();
    writer.learn(batch);
    writer.transaction(() => writer.apply(batch, NOW));
  };
  commit(first, [PROMPT, REWOUND, ANSWER, CALL], true);
  commit(second, [COPY], true);
  commit(first, [PROMPT, ANSWER, CALL], true, true);
  // Its reading again was under way when the process ended.
  commit(second, [{ ...COPY, revision: 4 }], false, true);
  writer.transaction(() => {
    writer.raise({ key: "watch", message: "No watches are left.", hint: "Raise the limit." }, NOW);
    writer.prune(NOW - 1, 1);
  });
  writer.database.exec(`insert into requests (kind, arguments, created_at) values ('sync', '{}', ${NOW})`);
  writer.checkpoint();
  writer.close();
}

if (import.meta.main) {
  const folder = new URL("../tests/fixtures/stores/", import.meta.url);
  Deno.mkdirSync(folder, { recursive: true });
  const fixture = new URL(`schema-${SCHEMA_VERSION}`, folder).pathname;
  if (Deno.args.length > 0) throw new Error("usage: deno run -A scripts/make_store_fixture.ts");
  const store = `${Deno.makeTempDirSync()}/devlog.db`;
  makeStore(store);
  using reader = StoreReader.open(store);
  const events = [...queryEvents(reader, { includeSuperseded: true })];
  Deno.writeTextFileSync(`${fixture}.json`, JSON.stringify(events, null, 2) + "\n");
  Deno.copyFileSync(store, `${fixture}.db`);
}
