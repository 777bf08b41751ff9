import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { encodeLines, fileRemote, keptLength } from "../../src/export/file.ts";
import type { Connection, OutgoingEvent } from "../../src/export/remote.ts";
import { temporaryFolder } from "../faults/home.ts";
import { skipUnless } from "../skips.ts";
import { fileConfig } from "./remote_config.ts";
import { sampleEvents } from "./sample_events.ts";

const NO_SIGNAL = new AbortController().signal;

async function send(connection: Connection, events: readonly OutgoingEvent[]): Promise<string> {
  const answer = await connection.send({ id: "b", events: events.length, ...encodeLines(events) }, NO_SIGNAL);
  return answer.kind === "accepted"
    ? answer.kind
    : `${answer.kind}: ${"message" in answer ? answer.message : ""}`;
}

function idsIn(...paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) =>
    Deno.readTextFileSync(path).split("\n").slice(0, -1).map((line) => JSON.parse(line).id)
  );
}

const EVENTS = sampleEvents(60);
const IDS = EVENTS.map(({ id }) => id);

Deno.test("a file remote appends events, one a line, in a file for this user alone", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "deep", "events.jsonl");
  const connection = fileRemote.connect(fileConfig(path));
  assertEquals((await connection.try(NO_SIGNAL)).ok, true);
  assertEquals(await send(connection, EVENTS.slice(0, 20)), "accepted");
  assertEquals(await send(connection, EVENTS.slice(20)), "accepted");
  await connection.close();
  assertEquals(idsIn(path), IDS);
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("a file remote has a batch once, however much of it was written before the program ended", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "events.jsonl");
  const [before, batch] = [EVENTS.slice(0, 7), EVENTS.slice(7, 20)];
  const [start, bytes] = [encodeLines(before).body, encodeLines(batch).body];
  for (const written of [0, 1, 60, 500, bytes.length - 1, bytes.length]) {
    for (const zeros of [0, 100]) {
      const text = new Uint8Array(start.length + written + zeros);
      text.set(start);
      text.set(bytes.subarray(0, written), start.length);
      Deno.writeFileSync(path, text);
      const connection = fileRemote.connect(fileConfig(path));
      assertEquals(await send(connection, batch), "accepted");
      assertEquals(await send(connection, EVENTS.slice(20)), "accepted");
      await connection.close();
      assertEquals(idsIn(path), IDS, `${written} bytes of it and ${zeros} zeros were written`);
    }
  }
});

Deno.test("keptLength() never cuts what is not of the batch", () => {
  const line = fc.integer({ min: 0, max: 5 }).map((n) => `{"id":${n}}\n`);
  const lines = fc.array(line, { maxLength: 6 });
  fc.assert(fc.property(lines, lines.filter(({ length }) => length > 0), fc.nat(60), (before, batch, cut) => {
    const [start, body] = [before, batch].map((all) => new TextEncoder().encode(all.join("")));
    const written = Math.min(cut, body!.length);
    const file = new Uint8Array([...start!, ...body!.subarray(0, written)]);
    const kept = keptLength(file, body!);
    // What stays, with the whole batch behind it, holds what was there before.
    const after = new TextDecoder().decode(new Uint8Array([...file.subarray(0, kept), ...body!]));
    assert(after.startsWith(before.join("")) || after.endsWith(before.join("")), after);
    assert(kept <= start!.length || written === 0 || kept === file.length, after);
  }));
});

Deno.test("a file remote does not write on in a line that another left without its end", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "events.jsonl");
  Deno.writeTextFileSync(path, '{"id":"other"}\n{"id":"cut');
  const connection = fileRemote.connect(fileConfig(path));
  assertEquals(await send(connection, EVENTS.slice(0, 2)), "accepted");
  await connection.close();
  const [first, second, ...rest] = Deno.readTextFileSync(path).trimEnd().split("\n");
  assertEquals([first, second], ['{"id":"other"}', '{"id":"cut']);
  assertEquals(rest.map((text) => JSON.parse(text).id), IDS.slice(0, 2));
});

for (const compress of ["none", "zstd"] as const) {
  Deno.test({
    name: `a file remote that is full goes on in a new file, compression ${compress} [needs zstd]`,
    ...skipUnless("zstd"),
    fn: async () => {
      using folder = temporaryFolder();
      const path = join(folder.path, "events.jsonl");
      const connection = fileRemote.connect(fileConfig(path, { compress, max_file_bytes: 8_000 }));
      for (let at = 0; at < EVENTS.length; at += 10) {
        assertEquals(await send(connection, EVENTS.slice(at, at + 10)), "accepted");
      }
      await connection.close();
      const rotated = [...Deno.readDirSync(folder.path)].map(({ name }) => join(folder.path, name)).sort()
        .filter((name) => name !== path);
      assert(rotated.length >= 2, rotated.join());
      const plain = rotated.map((name) => {
        if (compress === "none") return name;
        assert(/\.jsonl\.zst$/.test(name), name);
        const { success } = new Deno.Command("zstd", { args: ["-dq", name] }).outputSync();
        assert(success);
        return name.replace(/\.zst$/, "");
      });
      assertEquals(idsIn(...plain, path).toSorted(), IDS.toSorted());
    },
  });
}

Deno.test({
  name: "a file remote says what keeps it from writing [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using folder = temporaryFolder();
    const connection = fileRemote.connect(fileConfig(folder.path));
    assertStringIncludes(await send(connection, EVENTS), "refused");
    assertEquals((await connection.try(NO_SIGNAL)).ok, false);
    await connection.close();
    const below = join(folder.path, "file");
    Deno.writeTextFileSync(below, "");
    const blocked = fileRemote.connect(fileConfig(join(below, "events.jsonl")));
    assertStringIncludes(await send(blocked, EVENTS), "can't be written");
    await blocked.close();
  },
});

Deno.test("a file remote touches no file that is not its own", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "store.db");
  Deno.writeTextFileSync(path, "SQLite format 3\0 and more");
  const connection = fileRemote.connect(fileConfig(path));
  assertStringIncludes(await send(connection, EVENTS), "refused");
  await connection.close();
  assertEquals(Deno.readTextFileSync(path), "SQLite format 3\0 and more");
});
