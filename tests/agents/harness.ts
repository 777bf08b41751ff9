/**
 * Drives an adapter as the program does, and holds it against the rules that every adapter keeps.
 *
 * @module
 */

import { assert, assertEquals, equal } from "@std/assert";
import { type Agent, type JsonObject, type RecordOutcome, WHOLE_FORMATS } from "../../src/agents/agent.ts";
import { DATA_FIELDS } from "../../src/events/content.ts";
import { type EventDraft, METRIC_NAMES } from "../../src/events/event.ts";
import { computeId, formatId } from "../../src/events/id.ts";
import { readable } from "./readable.ts";

/** A draft with its id, as it stood when it was emitted. */
export type IdentifiedDraft = EventDraft & { readonly id: string };

/** One record: its line, or the object that is its line. */
export type Line = string | object;

/** How the records are handed over. */
export interface ParseOptions {
  /** After so many records, go on with a new parser that gets the state of the last one as JSON. */
  readonly restartEvery?: number;
  /** After so many records, flush: as if the source had ended there for a while. */
  readonly flushEvery?: number;
}

/** What came out of one source. */
export interface Parsed {
  /** One state for each id, by position and id. */
  readonly events: readonly IdentifiedDraft[];
  /** All that was emitted, in order. */
  readonly emitted: readonly IdentifiedDraft[];
  /** How often each kind of record was not understood. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** Parses all lines of one source and folds what was emitted by id. Lines that are no JSON object are passed over. */
export function parseAll(
  agent: Agent,
  relativePath: string,
  lines: readonly Line[],
  { restartEvery, flushEvery }: ParseOptions = {},
): Parsed {
  const emitted: IdentifiedDraft[] = [];
  const unknown: Record<string, number> = {};
  const emit = (event: EventDraft) => {
    const id = formatId(computeId(agent.id, event.anchor, event.key));
    emitted.push({ ...throughJson(event), id });
  };
  const note = (outcome: RecordOutcome | void) => {
    if (outcome !== undefined) unknown[outcome.unknown] = (unknown[outcome.unknown] ?? 0) + 1;
  };
  let parser = readable(agent).parser({ relativePath }, emit);
  let position = 0;
  let taken = 0;
  for (const line of lines) {
    const text = typeof line === "string" ? line : JSON.stringify(line);
    const record = readObject(text);
    if (record !== undefined) {
      note(parser.record(record, position));
      taken++;
      if (flushEvery !== undefined && taken % flushEvery === 0) parser.flush();
      if (restartEvery !== undefined && taken % restartEvery === 0) {
        parser = readable(agent).parser({ relativePath }, emit, throughJson(parser.state?.()));
      }
    }
    position += new TextEncoder().encode(text).length + 1;
  }
  note(parser.flush());
  return { events: foldById(emitted), emitted, unknown };
}

/**
 * Of each id one state, by position and id: of two at one position the later, of two at different positions the better one
 * (complete, then revision, then first).
 */
export function foldById(drafts: readonly IdentifiedDraft[]): IdentifiedDraft[] {
  const byId = new Map<string, IdentifiedDraft>();
  for (const draft of drafts) {
    const known = byId.get(draft.id);
    if (known === undefined || known.position === draft.position || isBetter(draft, known)) {
      byId.set(draft.id, draft);
    }
  }
  return [...byId.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

function isBetter(draft: EventDraft, known: EventDraft): boolean {
  if (draft.complete !== known.complete) return draft.complete;
  return draft.revision > known.revision;
}

/** What {@link checkAdapter} may be told of a fixture. */
export interface CheckOptions {
  /** The record with every time changed that is not the one its events are identified by. */
  readonly changeOtherTimes?: (record: JsonObject) => JsonObject;
}

/**
 * Asserts what holds for every adapter on every source: events fit the event model; batches and restarts change nothing;
 * ids hang on no other time; damage throws nothing and spoils nothing else.
 *
 * @returns the events of the source
 */
export function checkAdapter(
  agent: Agent,
  relativePath: string,
  lines: readonly Line[],
  { changeOtherTimes }: CheckOptions = {},
): readonly IdentifiedDraft[] {
  const whole = parseAll(agent, relativePath, lines);
  assert(whole.events.length > 0, "the fixture makes no event");
  for (const event of whole.events) checkEvent(event);

  // A source that is always read from its start is told to its end in one go.
  const isWhole = WHOLE_FORMATS.has(agent.classify(relativePath)?.format ?? "");
  const restarted = isWhole ? whole : parseAll(agent, relativePath, lines, { restartEvery: 1 });
  assertSameEvents(restarted.emitted, whole.emitted, "a restart after every record changes what is emitted");

  const flushed = isWhole ? whole : parseAll(agent, relativePath, lines, { restartEvery: 1, flushEvery: 1 });
  assertSameEvents(flushed.events, whole.events, "a flush after every record changes the events");

  const { pickNeeded } = readable(agent);
  if (pickNeeded !== undefined) {
    const all = records(lines);
    const [made, madeOfPicked] = [all, all.map((record) => pickNeeded(record))].map((records) =>
      // A record of which less is there is shorter.
      parseAll(agent, relativePath, records).events.map((event) => ({ ...event, position: 0 }))
    );
    assertSameEvents(madeOfPicked!, made!, "what is picked of records is not all that is needed");
  }

  if (changeOtherTimes !== undefined) {
    const changed = records(lines).map(changeOtherTimes);
    assertEquals(
      ids(parseAll(agent, relativePath, changed).events),
      ids(whole.events),
      "an id hangs on a time that is not its record's",
    );
  }
  checkStrangers(agent, relativePath, lines, whole.events, isWhole);
  if (isWhole) checkMutilatedWhole(agent, relativePath, lines);
  else checkMutilated(agent, relativePath, lines);
  return whole.events;
}

/** Asserts that two lists of events are equal; shows the first pair that is not. */
function assertSameEvents(actual: readonly object[], expected: readonly object[], message: string): void {
  const index = expected.findIndex((event, at) => !equal(actual[at], event));
  if (index >= 0) assertEquals(actual[index], expected[index], `${message}, event ${index}`);
  assertEquals(actual.length, expected.length, message);
}

/** Asserts that an event has the fields, and the kinds of values, that the event model gives it. */
export function checkEvent(event: EventDraft): void {
  const at = `${event.type} at ${event.position}`;
  const fields = DATA_FIELDS[event.type];
  const known: readonly string[] = [...fields.content, ...fields.metadata];
  for (const field of Object.keys(event.data)) {
    assert(known.includes(field), `${at}: data.${field} is not in the event model`);
  }
  assert(Number.isFinite(event.timestamp), `${at}: no timestamp`);
  assert(event.sessionId !== "", `${at}: no session`);
  assert(event.anchor !== "" && event.key !== "", `${at}: no identity`);
  assert(event.revision >= 1, `${at}: no revision`);
  for (const [name, value] of Object.entries(event.metrics ?? {})) {
    assert(
      (METRIC_NAMES as readonly string[]).includes(name),
      `${at}: metrics.${name} is not in the event model`,
    );
    assert(Number.isFinite(value) && value >= 0, `${at}: metrics.${name} is ${value}`);
  }
}

/** Asserts that the ids are those that a golden file pins; `UPDATE_GOLDEN=1` in the environment writes it anew. */
export async function checkGoldenIds(file: URL, events: readonly IdentifiedDraft[]): Promise<void> {
  const found = events.map((event) => `${event.id} ${event.type} ${event.anchor} ${event.key}`);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    await Deno.writeTextFile(file, JSON.stringify(found, null, 2) + "\n");
  }
  assertEquals(found, JSON.parse(await Deno.readTextFile(file)), "the id scheme has changed");
}

/** The lines of a file, without the last one if it is empty. */
export async function readLines(file: URL | string): Promise<string[]> {
  const lines = (await Deno.readTextFile(file)).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Records that no adapter can know. */
const STRANGERS: readonly JsonObject[] = [
  {},
  { garbage: [1, null, { deep: "er" }] },
  { type: "never-heard-of", payload: { type: "never-heard-of" }, timestamp: "yesterday" },
  { type: 7, message: null, payload: "x", timestamp: {} },
];

/** Asserts that strange records between all others are survived and leave the events as they are. */
function checkStrangers(
  agent: Agent,
  relativePath: string,
  lines: readonly Line[],
  events: readonly IdentifiedDraft[],
  isWhole: boolean,
): void {
  const damaged = lines.flatMap((line) => [...STRANGERS, line]).concat(STRANGERS);
  const parsed = parseAll(agent, relativePath, damaged, isWhole ? {} : { restartEvery: 1 });
  assertSameEvents(
    parsed.events.map(withoutPosition),
    events.map(withoutPosition),
    "strange records spoil the events around them",
  );
}

/** Values that stand where another was expected. */
const WRONG_VALUES: readonly unknown[] = [undefined, null, 7, -1, 1e300, "x", true, [], [null], [7], {}];

/** How many records of a source are mutilated, evenly spread. */
const MUTILATED_RECORDS = 40;

/** Asserts that a record with any value missing or wrong, down to a depth, is survived. */
function checkMutilated(agent: Agent, relativePath: string, lines: readonly Line[]): void {
  const whole = records(lines);
  const step = Math.max(1, Math.floor(whole.length / MUTILATED_RECORDS));
  for (let index = 0; index < whole.length; index += step) {
    const parser = readable(agent).parser({ relativePath }, () => {});
    // What stands before it is context enough: a call, a session.
    const first = Math.max(0, index - 3);
    for (let before = first; before < index; before++) parser.record(whole[before]!, before);
    const state = parser.state?.();
    for (const mutilated of mutilate(whole[index]!, 5)) {
      const again = readable(agent).parser({ relativePath }, () => {}, throughJson(state));
      try {
        again.record(mutilated as JsonObject, index);
        if (index + 1 < whole.length) again.record(whole[index + 1]!, index + 1);
        again.flush();
        throughJson(again.state?.());
      } catch (cause) {
        throw new Error(`threw at ${JSON.stringify(mutilated).slice(0, 2_000)}`, { cause });
      }
    }
  }
}

/** The same for a source that is read whole: one of its records is mutilated, the others are as they were. */
function checkMutilatedWhole(agent: Agent, relativePath: string, lines: readonly Line[]): void {
  const whole = records(lines);
  for (const [index, record] of whole.entries()) {
    for (const mutilated of mutilate(record, 6)) {
      const parser = readable(agent).parser({ relativePath }, () => {});
      try {
        for (const [at, other] of whole.entries()) {
          parser.record(at === index ? throughJson(mutilated) as JsonObject : throughJson(other), at);
        }
        parser.flush();
      } catch (cause) {
        throw new Error(`threw at ${JSON.stringify(mutilated).slice(0, 2_000)}`, { cause });
      }
    }
  }
}

/** The value again and again, each time with one part of it missing or wrong. */
function* mutilate(value: unknown, depth: number): Generator<unknown> {
  if (typeof value !== "object" || value === null || depth === 0) return;
  const isArray = Array.isArray(value);
  for (const [name, part] of Object.entries(value).slice(0, 30)) {
    const put = (wrong: unknown) =>
      isArray ? (value as unknown[]).with(Number(name), wrong) : { ...value, [name]: wrong };
    for (const wrong of WRONG_VALUES) yield put(wrong);
    for (const wrong of mutilate(part, depth - 1)) yield put(wrong);
  }
}

function records(lines: readonly Line[]): JsonObject[] {
  return lines.map((line) => typeof line === "string" ? readObject(line) : line as JsonObject)
    .filter((record) => record !== undefined);
}

function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as JsonObject
      : undefined;
  } catch {
    return undefined;
  }
}

function ids(events: readonly IdentifiedDraft[]): string[] {
  return events.map((event) => event.id);
}

function withoutPosition(event: IdentifiedDraft): Omit<IdentifiedDraft, "position"> {
  const { position: _, ...rest } = event;
  return rest;
}

function throughJson<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
