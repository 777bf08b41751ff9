import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../../src/agents/agent.ts";
import type { DatabaseLayout } from "../../src/agents/database.ts";
import { type SourceCursor, START } from "../../src/sources/cursor.ts";
import { type RecordSink, SourceBusyError, SourceReader } from "../../src/sources/source_reader.ts";

const DAY = 86_400_000;

/** Chats with messages; a message says which chat it is of. */
const LAYOUT: DatabaseLayout = {
  *conversations(database) {
    for (const row of database.rows("chats")) {
      yield { key: String(row.get("id")), changedAt: row.get("changed") as number };
    }
  },
  members: [
    {
      table: "chats",
      conversationOf: (row) => String(row.get("id")),
      changedAt: (row) => row.get("changed") as number,
    },
    { table: "messages", conversationOf: (row) => String(row.get("chat")) },
  ],
  *records(database, key) {
    for (const row of database.rowsWhere("messages", "chat", key)) {
      yield [`message:${row.get("id")}`, row.all() as JsonObject];
    }
  },
};

/** A database with chats, read as the collector reads it: again and again, from what is known. */
class Chats implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly path = join(this.folder, "chats.db");
  readonly database = new DatabaseSync(this.path);
  #cursor: SourceCursor = START;
  #state: unknown;
  /** What was told last of each conversation, by its messages. */
  readonly told = new Map<string, string>();
  /** How many conversations were told in the last reading. */
  last: string[] = [];
  leftOut = 0;

  constructor(mode: string) {
    this.database.exec(`pragma journal_mode = ${mode}; pragma synchronous = off;
      create table chats (id text primary key, changed integer not null);
      create table messages (id text primary key, chat text not null, body text);
      create index messages_chat on messages (chat)`);
  }

  /** Writes a message, new or anew. */
  say(chat: string, id: string, body: string, changed = 1000): void {
    this.database.prepare(
      "insert into chats values (?, ?) on conflict (id) do update set changed = excluded.changed",
    )
      .run(chat, changed);
    this.database.prepare(
      "insert into messages values (?, ?, ?) on conflict (id) do update set body = excluded.body",
    ).run(id, chat, body);
  }

  /** Reads what is new; with `steps`, it is killed after so many. */
  async read({ steps = Infinity, collectedFrom = 0, layout = LAYOUT } = {}): Promise<void> {
    this.last = [];
    this.leftOut = 0;
    let rows: string[] = [];
    let chat = "";
    const sink: RecordSink = {
      begin: () => rows = [],
      record: ({ id, chat: of, body }) => {
        chat = String(of);
        rows.push(`${id}=${body}`);
      },
      damaged: () => {},
      end: () => {
        this.told.set(chat, rows.toSorted().join("|"));
        this.last.push(chat);
      },
      leaveOut: (count) => this.leftOut += count,
    };
    using reader = SourceReader.open({
      path: this.path,
      realRoot: this.folder,
      format: "database",
      cursor: this.#cursor,
      database: { layout, state: this.#state, collectedFrom },
    });
    for (let step = 0; step < steps; step++) {
      const more = await reader.step(sink);
      this.#cursor = reader.cursor();
      this.#state = JSON.parse(JSON.stringify(reader.state()));
      if (!more) return;
    }
  }

  /** What is in the database, in the same form. */
  content(): Map<string, string> {
    const rows = this.database.prepare(
      "select chat, group_concat(id || '=' || body, '|') as text from (select * from messages order by id) group by chat",
    ).all() as { chat: string; text: string }[];
    return new Map(rows.map(({ chat, text }) => [chat, text.split("|").toSorted().join("|")]));
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

const ACTIONS = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("say" as const),
        chat: fc.nat(9),
        id: fc.nat(4),
        size: fc.nat(9000),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("read" as const), steps: fc.constantFrom(1, 2, 3, Infinity) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom("checkpoint" as const, "vacuum" as const, "replace" as const),
      }),
    },
  ),
  { maxLength: 40 },
);

Deno.test("whatever happens to a database between readings, what was told last is what it holds", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("wal", "delete"), ACTIONS, async (mode, actions) => {
      using chats = new Chats(mode);
      let now = 1000;
      for (const action of actions) {
        switch (action.kind) {
          case "say": {
            const chat = `chat ${action.chat}`;
            chats.say(chat, `${chat}/${action.id}`, "b".repeat(action.size), ++now);
            break;
          }
          case "read":
            await chats.read({ steps: action.steps });
            break;
          case "checkpoint":
            if (mode === "wal") chats.database.exec("pragma wal_checkpoint(truncate)");
            break;
          case "vacuum":
            chats.database.exec("vacuum");
            break;
          case "replace":
            // Rows that are written anew get new numbers.
            chats.database.exec("update messages set rowid = rowid + 100000 where chat = 'chat 1'");
        }
      }
      await chats.read();
      assertEquals(chats.told, chats.content());
    }),
    { numRuns: 60 },
  );
});

Deno.test("a change costs reading what changed, as long as the log goes on", async () => {
  using chats = new Chats("wal");
  chats.database.exec("begin");
  for (let index = 0; index < 3000; index++) {
    chats.say(`chat ${index % 100}`, `${index}`, "x".repeat(2000), DAY);
  }
  chats.database.exec("commit; pragma wal_checkpoint(truncate)");
  chats.say("chat 7", "7", "changed", 2 * DAY);
  await chats.read();
  assertEquals(chats.last.length, 100);
  await chats.read();
  assertEquals(chats.last, []);
  chats.say("chat 7", "7", "changed again", 3 * DAY);
  chats.say("new", "m", "first", 3 * DAY);
  await chats.read();
  assert(chats.last.includes("chat 7") && chats.last.includes("new"));
  // The neighbours of a row on its page are read with it.
  assert(chats.last.length < 12, `${chats.last.length} conversations`);
  assertEquals(chats.told, chats.content());
});

Deno.test("without a log and without times, what is new or was added to last is told again, and not the rest", async () => {
  using chats = new Chats("delete");
  chats.database.exec("begin");
  for (let index = 0; index < 3000; index++) {
    chats.say(`chat ${Math.floor(index / 30)}`, `${index}`, "x".repeat(500));
  }
  chats.database.exec("commit");
  const layout: DatabaseLayout = {
    ...LAYOUT,
    *conversations(database) {
      for (const { key } of LAYOUT.conversations(database)) yield { key };
    },
    members: LAYOUT.members.slice(1),
  };
  await chats.read({ layout });
  assertEquals(chats.last.length, 100);
  chats.say("chat 99", "2999", "it still grew");
  chats.say("chat 3", "new", "added");
  await chats.read({ layout });
  assertEquals(chats.told, chats.content());
  assert(chats.last.length < 20, `${chats.last.length} conversations`);
});

for (const mode of ["wal", "delete"]) {
  Deno.test(`what is brought in from elsewhere, with times of long ago, is told (${mode})`, async () => {
    using chats = new Chats(mode);
    // A message tells nothing of its chat.
    const layout = { ...LAYOUT, members: LAYOUT.members.slice(0, 1) };
    chats.say("here", "1", "a", 30 * DAY);
    await chats.read({ layout });
    chats.say("elsewhere", "2", "b", DAY);
    await chats.read({ layout });
    assertEquals(chats.told, chats.content());
  });
}

for (const isFirst of [true, false]) {
  const when = isFirst ? "at first" : "later";
  Deno.test(`a time to come, as a clock that is ahead wrote it, hides nothing that changes after it (${when})`, async () => {
    using chats = new Chats("wal");
    const layout = { ...LAYOUT, members: LAYOUT.members.slice(0, 1) };
    const bring = () => chats.say("elsewhere", "2", "b", Date.now() + DAY);
    chats.say("here", "1", "a", Date.now());
    if (isFirst) bring();
    await chats.read({ layout });
    if (!isFirst) bring();
    await chats.read({ layout });
    chats.say("here", "1", "changed", Date.now());
    await chats.read({ layout });
    assertEquals(chats.told, chats.content());
  });
}

Deno.test("the newest is told first, what is older than asked for is left out, and a kill costs nothing that was told", async () => {
  using chats = new Chats("wal");
  for (let index = 0; index < 40; index++) {
    chats.say(`chat ${index}`, `${index}`, "x".repeat(90_000), index * DAY);
  }
  await chats.read({ steps: 2, collectedFrom: 30 * DAY });
  assertEquals(chats.last[0], "chat 39");
  assertEquals(chats.leftOut, 23);
  const told = chats.last.length;
  assert(told > 0 && told < 17);
  chats.say("chat 3", "more", "late", 41 * DAY);
  await chats.read({ collectedFrom: 30 * DAY });
  assertEquals(chats.last[0], `chat ${39 - told}`);
  assert(chats.last.includes("chat 3"));
  assertEquals(chats.told.size, 18);
});

Deno.test("a conversation that is too long to be told at once is told in parts, and anew if it changes", async () => {
  using chats = new Chats("wal");
  chats.database.exec("begin");
  for (let index = 0; index < 3000; index++) chats.say("long", `${index}`, "x".repeat(1000));
  chats.database.exec("commit; pragma wal_checkpoint(truncate)");
  const begun: number[] = [];
  const ended: number[] = [];
  let records = 0;
  using reader = SourceReader.open({
    path: chats.path,
    realRoot: chats.folder,
    format: "database",
    cursor: START,
    database: { layout: LAYOUT, collectedFrom: 0 },
  });
  const sink: RecordSink = {
    begin: () => begun.push(records),
    record: () => records++,
    end: () => ended.push(records),
    damaged: () => {},
  };
  await reader.step(sink);
  assertEquals(begun, [0]);
  const before = records;
  assert(before < 3000);
  // What was read and what was not changes: it begins anew, and once more for what changed since all began.
  chats.database.exec("update messages set body = 'y' where rowid > 2900; pragma wal_checkpoint(restart)");
  chats.say("long", "another", "z");
  while (await reader.step(sink));
  assertEquals(begun, [0, before, before + 3001]);
  assertEquals(ended, [before + 3001, before + 6002]);
});

Deno.test("what is no database is damaged, one that is empty is read", async () => {
  using chats = new Chats("delete");
  const other = join(chats.folder, "other.db");
  Deno.writeTextFileSync(other, "");
  const open = () =>
    SourceReader.open({
      path: other,
      realRoot: chats.folder,
      format: "database",
      cursor: START,
      database: { layout: LAYOUT, collectedFrom: 0 },
    });
  const sink: RecordSink = { record: () => {}, damaged: () => {} };
  {
    using reader = open();
    assertEquals(await reader.step(sink), false);
  }
  Deno.writeTextFileSync(other, "no database");
  using reader = open();
  let error: unknown;
  try {
    await reader.step(sink);
  } catch (thrown) {
    error = thrown;
  }
  assertEquals((error as Error).name, "SourceDamagedError");
});

/** Writes at full speed until it is told to end, waiting for nobody, and says what went wrong. */
const WRITER = `
import { DatabaseSync } from "node:sqlite";
const [path, mode] = Deno.args;
const database = new DatabaseSync(path);
database.exec(\`pragma journal_mode = \${mode}; pragma busy_timeout = 0; pragma synchronous = normal\`);
const chat = database.prepare("insert into chats values (?, ?) on conflict (id) do update set changed = excluded.changed");
const message = database.prepare("insert into messages values (?, ?, ?) on conflict (id) do update set body = excluded.body");
let written = 0, errors = [], isOver = false;
Deno.stdin.read(new Uint8Array(1)).then(() => isOver = true);
while (!isOver) {
  // Whether it is told shows between turns only.
  if (written % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
  try {
    database.exec("begin immediate");
    const name = "chat " + written % 20;
    chat.run(name, written);
    message.run(String(written % 2000), name, String(written));
    database.exec("commit");
    written++;
  } catch (error) {
    errors.push(error.message);
    if (database.isTransaction) database.exec("rollback");
  }
}
const [{ journal_mode }] = database.prepare("pragma journal_mode").all();
console.log(JSON.stringify({ written, errors, journal_mode }));
database.close();
`;

for (const mode of ["wal", "delete", "truncate"]) {
  Deno.test(`a program that writes at full speed (${mode}) never notices, and nothing of it is missed`, async () => {
    using chats = new Chats(mode);
    chats.say("chat 0", "0", "first");
    chats.database.close();
    const script = join(chats.folder, "writer.ts");
    Deno.writeTextFileSync(script, WRITER);
    const writer = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", script, chats.path, mode],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    let hasEnded = false;
    void writer.status.then(() => hasEnded = true);
    const startedAt = performance.now();
    let readings = 0;
    let told = 0;
    // In the other modes it may never be caught between two of its transactions.
    const isEnough = () => performance.now() - startedAt > 2_500 && (mode !== "wal" || told > 20);
    while (!hasEnded && !isEnough()) {
      try {
        await chats.read();
        readings++;
        told += chats.last.length;
      } catch (error) {
        assert(error instanceof SourceBusyError, `${error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const output = writer.output();
    await writer.stdin.close();
    const { stdout } = await output;
    const { written, errors, journal_mode } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(errors, []);
    assertEquals(journal_mode, mode);
    assert(written > readings, `${readings} readings of ${written} changes`);
    await chats.read();
    const names = Array.from(Deno.readDirSync(chats.folder), ({ name }) => name).toSorted();
    // What the writer itself leaves, and nothing more.
    assertEquals(names.filter((name) => name !== "chats.db-journal"), ["chats.db", "writer.ts"]);
    chats.database.open();
    assertEquals(chats.told, chats.content());
  });
}
