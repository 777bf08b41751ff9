import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FLAG } from "../../src/store/batch.ts";
import { pack, PACK_OVER, unpack } from "../../src/platform/pack.ts";
import { Driver } from "./driver.ts";
import { observe } from "./observed.ts";
import { TempFolder } from "./temp_store.ts";

Deno.test("unpack() gives back what pack() was given", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, over) => {
      const { bytes: packed, packed: isPacked } = pack(bytes, over);
      assertEquals(isPacked, bytes.length > over || over === 0);
      assertEquals(new Uint8Array(unpack(packed, isPacked)), bytes);
    }),
  );
});

Deno.test("unpack() reads what any version has packed", () => {
  const zlib = Uint8Array.fromBase64("eAFLTEqEQwAdvgST");
  assertEquals(new TextDecoder().decode(unpack(zlib, true)), "abababababab");
});

Deno.test("unpack() throws for what is damaged", () => {
  assertThrows(() => unpack(Uint8Array.of(0x28, 1, 2, 3), true));
  assertThrows(() => unpack(Uint8Array.of(0x78, 1, 2, 3), true));
});

Deno.test("the store packs the data of events over 8 KiB, in rows and in what other sources say of them", () => {
  using folder = new TempFolder();
  const logs = ["one", "two"].map((name) => ({ name, rank: 0, lines: [], visible: 0 }));
  using driver = new Driver(folder.store, logs);
  // `{"text":"…"}` has eleven characters of its own.
  const sizes = [PACK_OVER - 11, PACK_OVER - 10, 100_000];
  const draft = (size: number, letter: string, session: string) => ({
    type: "llm_response" as const,
    anchor: "a",
    key: String(size),
    revision: 1,
    position: 0,
    complete: true,
    timestamp: size,
    sessionId: session,
    data: { text: letter.repeat(size) },
  });
  driver.addDrafts(0, sizes.map((size) => draft(size, "x", "s")));
  driver.addDrafts(1, sizes.map((size) => draft(size, "y", "t")));
  driver.commit();
  const rows = driver.writer.database
    .prepare("select flags, octet_length(data) as size from events order by timestamp").all();
  assertEquals(rows.map(({ flags }) => (flags as number) & FLAG.packed), [0, FLAG.packed, FLAG.packed]);
  assert(rows.slice(1).every(({ size }) => (size as number) < 1000));
  const events = [...observe(driver.writer.database).values()]
    .sort((a, b) => a.shown.state.timestamp - b.shown.state.timestamp);
  const texts = events.map(({ shown, copies }) =>
    [shown, ...copies].map(({ state }) => JSON.parse(state.data).text)
  );
  assertEquals(texts, sizes.map((size) => ["y".repeat(size), "x".repeat(size)]));
});
