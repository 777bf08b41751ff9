import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../src/cli/arguments.ts";
import { EXIT } from "../../src/cli/errors.ts";
import { describeSource } from "../../src/cli/source_report.ts";
import { command } from "../../src/cli/sync.ts";
import type { Environment } from "../../src/platform/environment.ts";
import type { KnownSource } from "../../src/store/source_list.ts";
import { keysExplainedIn, sectionOf } from "../docs/markdown.ts";
import { draft, entry, StoreFiller } from "../store/filled_store.ts";
import { TempFolder } from "../store/temp_store.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

const SECTION = sectionOf(
  Deno.readTextFileSync(new URL("../../docs/commands.md", import.meta.url)),
  "sync --status",
);

const SOURCE: KnownSource = {
  id: 7,
  agent: "codex",
  root: "/home/ann/.codex/sessions",
  twin: "a",
  path: "/home/ann/.codex/sessions/a.jsonl",
  relativePath: "a.jsonl",
  format: "jsonl",
  rank: 0,
  stamp: { device: 1, inode: 2, birth: null, size: 300, mtime: 1_000, ctime: null },
  readAt: 2_000,
  cursor: { offset: 200, headLength: 200, headHash: 1, tailHash: 2 },
  adapterVersion: 1,
  rereading: 0,
  collectedFrom: 0,
  collectedFilter: "",
  leftOut: 3,
  events: 4,
  unread: 5,
  attempts: 1,
  status: "syncing",
  gone: false,
};

/** One that has all that a source can have. */
const FAILED: KnownSource = {
  ...SOURCE,
  status: "error",
  collectedFrom: 500,
  lastSyncedAt: 2_500,
  lastEventId: "00000000-0000-8000-8000-000000000000",
  error: "it is damaged",
  nextTry: 9_000,
};

Deno.test("sync --status --format json has the keys that are documented, each of them, in their order", () => {
  assertEquals(keysExplainedIn(SECTION), Object.keys(describeSource(FAILED)));
  // JSON leaves out what has no value.
  assertEquals(JSON.parse(JSON.stringify(describeSource(SOURCE))), {
    id: 7,
    agent: "codex",
    path: "/home/ann/.codex/sessions/a.jsonl",
    state: "syncing",
    bytes: 300,
    byteOffset: 200,
    events: 4,
    unreadRecords: 5,
    leftOutEvents: 3,
  });
});

Deno.test("describeSource() gives times in ms since the epoch", () => {
  const { collectedFrom, lastSyncedAt, nextTry } = describeSource(FAILED);
  assertEquals([collectedFrom, lastSyncedAt, nextTry], [500, 2_500, 9_000]);
});

for (
  const [state, given] of [
    ["synced", { status: "synced" }],
    ["error", { status: "error" }],
    ["pending", { status: "pending" }],
    ["pending", { status: "pending", readAt: 0, collectedFrom: 1_000 }],
    ["left-out", { status: "pending", readAt: 0, collectedFrom: 1_001 }],
    ["pending", { status: "pending", readAt: 1, collectedFrom: 1_001 }],
    ["gone", { status: "synced", gone: true }],
  ] as const
) {
  Deno.test(`describeSource() says ${state}, as is documented, of ${JSON.stringify(given)}`, () => {
    assertEquals(describeSource({ ...SOURCE, ...given }).state, state);
    assertStringIncludes(SECTION, `\n| \`${state}\``);
  });
}

Deno.test("sync --status hands no character to the terminal that would act on it", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/.devlog/data`, { recursive: true });
  using filler = new StoreFiller(`${folder.path}/.devlog/data/devlog.db`);
  const path = "/root/\x1b[31m\x9b\u202e.jsonl";
  filler.commit(filler.source(entry("a", { path, agent: "codex" })), "codex", [draft({ key: "one" })]);
  const json = await call(folder.path, "--status", "--format", "json");
  assertEquals(JSON.parse(json)[0].path, path);
  // deno-lint-ignore no-control-regex
  const controls = /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/;
  for (const printed of [json, await call(folder.path, "--status")]) {
    assertStringIncludes(printed, "synced");
    assertEquals(controls.test(printed), false);
  }
});

async function call(home: string, ...args: readonly string[]): Promise<string> {
  const environment: Environment = {
    os: Deno.build.os === "windows" ? "windows" : "linux",
    home,
    get: () => undefined,
  };
  const terminal = new RecordingTerminal();
  const code = await command.run({ ...parseArguments(command, args), terminal, environment });
  assertEquals([code, terminal.stderr], [EXIT.done, ""]);
  return terminal.stdout;
}
