import { assertEquals } from "@std/assert";
import type { Segment, UnreadRecord } from "../../src/store/batch.ts";
import { openToWrite, writeTransaction } from "../../src/store/open.ts";
import { UnreadTable } from "../../src/store/unread_table.ts";
import { TempFolder } from "./temp_store.ts";

const record = (position: number, bytes: number, reason = "type:new"): UnreadRecord => {
  return { position, length: 10 * bytes, reason, bytes: new Uint8Array(bytes).fill(position) };
};

const segment = (source: number, ...unread: UnreadRecord[]): Segment => ({
  source,
  firstRow: 0,
  endRow: 0,
  from: 0,
  cursor: { offset: 0, headLength: 0, headHash: 0, tailHash: 0 },
  stamp: { device: 1, inode: 1, birth: null, size: 0, mtime: 0, ctime: null },
  readAt: 0,
  parserState: "",
  atEnd: true,
  unread,
  leftOut: 0,
  filter: "",
  isRereading: false,
});

function withTable(
  limit: number,
  test: (table: UnreadTable, places: () => [number, number][]) => void,
): void {
  using folder = new TempFolder();
  const database = openToWrite(folder.store);
  const table = new UnreadTable(database, { unreadBytes: 0 }, limit);
  const places = () =>
    database.prepare("select source, position from unread_records order by id").all()
      .map(({ source, position }) => [source, position] as [number, number]);
  const size = () =>
    database.prepare("select coalesce(sum(octet_length(bytes)), 0) as size from unread_records").get()!
      .size as number;
  writeTransaction(database, () => {
    test(table, places);
    assertEquals(table.counters.unreadBytes, size());
  });
  database.close();
}

Deno.test("take() keeps each record once and tells how many are new", () => {
  withTable(1000, (table, places) => {
    assertEquals(table.take(segment(1, record(5, 10), record(6, 10)), 1), 2);
    assertEquals(table.take(segment(1, record(6, 20), record(7, 10)), 2), 1);
    assertEquals(table.take(segment(2, record(6, 10)), 1), 1);
    assertEquals(places(), [[1, 5], [1, 6], [1, 7], [2, 6]]);
  });
});

Deno.test("take() drops the oldest beyond the limit", () => {
  withTable(100, (table, places) => {
    for (let position = 0; position < 40; position++) table.take(segment(1, record(position, 10)), 1);
    assertEquals(places(), Array.from({ length: 10 }, (_, index) => [1, 30 + index]));
    table.take(segment(2, record(1, 95)), 1);
    assertEquals(places(), [[2, 1]]);
  });
});

Deno.test("take() keeps nothing of a record that is over the limit by itself", () => {
  withTable(100, (table, places) => {
    assertEquals(table.take(segment(1, record(1, 10), record(2, 101)), 1), 2);
    assertEquals(places(), []);
  });
});

Deno.test("clear() forgets the records of one source", () => {
  withTable(1000, (table, places) => {
    table.take(segment(1, record(1, 10), record(2, 10)), 1);
    table.take(segment(2, record(1, 10)), 1);
    table.clear(1);
    table.clear(3);
    assertEquals(places(), [[2, 1]]);
  });
});
