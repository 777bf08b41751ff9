import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { EVENT_TYPES, type EventDraft } from "../../src/events/event.ts";
import { type Batch, COLUMN, COLUMNS } from "../../src/store/batch.ts";
import { BatchBuilder } from "../../src/store/batch_builder.ts";
import { computeId } from "../../src/events/id.ts";
import { NameNumbers } from "../../src/store/name_numbers.ts";
import { hashName } from "../../src/store/names.ts";
import { sealBatch } from "../../src/store/seal.ts";
import { stateOfBatch } from "../../src/store/record.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\ud800", "é😀", "x\n".repeat(40_000)),
);
const name = fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined });
const count = fc.option(fc.nat(5), { nil: undefined });
const drafts = fc.record({
  type: fc.constantFrom(...EVENT_TYPES),
  anchor: fc.constantFrom("a", "b"),
  key: fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "a\nb", "\n", "\ud800", "y".repeat(70_000)),
  ),
  revision: fc.integer({ min: 1, max: 5 }),
  position: fc.maxSafeNat(),
  complete: fc.boolean(),
  timestamp: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  sessionId: fc.constantFrom("s", "t"),
  parentSessionId: name,
  agentVersion: name,
  workspace: name,
  repository: name,
  branch: name,
  model: name,
  metrics: fc.record({ inputTokens: count, outputTokens: count, durationMs: count }),
  data: fc.record({ text }),
}) as unknown as fc.Arbitrary<EventDraft>;

/** What is read back of a row, without what the batch alone knows. */
function told(batch: Batch, row: number, names: readonly string[]) {
  const { hash: _, ...state } = stateOfBatch(batch, row, (number) => names[number]!);
  return { ...state, data: JSON.parse(state.data) };
}

function toldBy(draft: EventDraft) {
  const { sessionId, parentSessionId, complete, revision, metrics = {}, data } = draft;
  const { type, timestamp, position, agentVersion, workspace, repository, branch, model } = draft;
  return {
    ...{ type, timestamp, position, agentVersion, workspace, repository, branch, model },
    flags: complete ? 1 : 0,
    revision,
    records: revision,
    agent: "tiny",
    session: sessionId,
    parentSession: parentSessionId,
    metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== undefined)),
    data,
  };
}

/** Completes a batch as the writer does. */
function seal(batch: Batch, names: readonly string[]): void {
  sealBatch(batch, (name) => hashName(names[name]!));
}

const idOf = (batch: Batch, row: number) => batch.ids.slice(row * 16, row * 16 + 16);
const hashOf = (batch: Batch, row: number) => batch.columns[row * COLUMNS + COLUMN.hash]!;

Deno.test("BatchBuilder gives back every row as it was added, over several batches and however small it began", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(drafts, { maxLength: 12 }), { maxLength: 4 }),
      fc.boolean(),
      (batches, recycles) => {
        const builder = new BatchBuilder(new NameNumbers(), 2, 16);
        const names: string[] = [""];
        let last: Batch | undefined;
        for (const drafts of batches) {
          for (const draft of drafts) builder.add("tiny", draft);
          const batch = last = builder.take(recycles ? last : undefined);
          batch.names.forEach((text, index) => names[batch.firstName + index] = text);
          seal(batch, names);
          assertEquals(batch.rows, drafts.length);
          drafts.forEach((draft, row) => {
            assertEquals(told(batch, row, names), toldBy(draft));
            assertEquals(idOf(batch, row), computeId("tiny", draft.anchor, draft.key));
          });
        }
      },
    ),
  );
});

Deno.test("dropRows() leaves the rows before, and those added after it are sound", () => {
  fc.assert(
    fc.property(fc.array(drafts, { minLength: 1, maxLength: 9 }), fc.nat(9), drafts, (drafts, row, more) => {
      const builder = new BatchBuilder(new NameNumbers(), 2, 16);
      for (const draft of drafts) builder.add("tiny", draft);
      builder.dropRows(row);
      builder.add("tiny", more);
      const batch = builder.take();
      seal(batch, ["", ...batch.names]);
      const expected = [...drafts.slice(0, row), more];
      assertEquals(batch.rows, expected.length);
      expected.forEach((draft, row) => assertEquals(told(batch, row, ["", ...batch.names]), toldBy(draft)));
    }),
  );
});

Deno.test("the hash of a row tells what it says, and does not depend on what was named before", () => {
  const builders = [new BatchBuilder(new NameNumbers()), new BatchBuilder(new NameNumbers())] as const;
  const names: readonly [string[], string[]] = [[""], [""]];
  fc.assert(
    fc.property(drafts, drafts, (a, b) => {
      const [first, second] = builders;
      first.add("tiny", a);
      second.add("other", b);
      second.add("tiny", a);
      second.add("tiny", b);
      const [batch, other] = [first.take(), second.take()];
      names[0].push(...batch.names);
      names[1].push(...other.names);
      seal(batch, names[0]);
      seal(other, names[1]);
      assertEquals(hashOf(batch, 0), hashOf(other, 1));
      const content = (draft: EventDraft) =>
        JSON.stringify({ ...toldBy(draft), revision: 0, records: 0, position: 0 });
      if (content(a) === content(b)) assertEquals(hashOf(other, 1), hashOf(other, 2));
      else assertNotEquals(hashOf(other, 1), hashOf(other, 2));
    }),
  );
});

Deno.test("the hash of a row differs for each of many small numbers", () => {
  const builder = new BatchBuilder(new NameNumbers());
  const draft: EventDraft = {
    type: "session_end",
    anchor: "a",
    key: "k",
    revision: 1,
    position: 0,
    complete: true,
    timestamp: 1,
    sessionId: "s",
    data: {},
  };
  for (let input = 0; input < 20; input++) {
    for (let output = 0; output < 20; output++) {
      for (let duration = 0; duration < 20; duration++) {
        const metrics = { inputTokens: input, outputTokens: 64 * output, durationMs: 1000 * duration };
        builder.add("tiny", { ...draft, metrics });
      }
    }
  }
  const batch = builder.take();
  seal(batch, ["", ...batch.names]);
  assertEquals(new Set(Array.from({ length: batch.rows }, (_, row) => hashOf(batch, row))).size, 8000);
});
