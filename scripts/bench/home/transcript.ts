/**
 * One session while it is being made up: its lines, its clock, and the events that a collector should find in it.
 *
 * @module
 */

import type { EventType } from "../../../src/events/event.ts";
import type { Random } from "./random.ts";
import type { Shape } from "./shape.ts";
import type { Text } from "./text.ts";

/** How many events of each type a collector should find. */
export type EventCounts = { [T in EventType]?: number };

/** Adds counts to a total. */
export function addCounts(total: EventCounts, more: EventCounts): void {
  for (const [type, count] of Object.entries(more) as [EventType, number][]) {
    total[type] = (total[type] ?? 0) + count;
  }
}

/** What every part of a session draws from. */
export interface Session {
  readonly random: Random;
  readonly text: Text;
  readonly shape: Shape;
  readonly clock: Clock;
  /** Absolute path of the project folder. */
  readonly workspace: string;
  readonly branch: string;
}

/** The time within a session. */
export class Clock {
  #time: number;
  readonly #last: number;
  readonly #random: Random;
  readonly #step: number;

  /**
   * @param start ms since the epoch
   * @param last the time it never passes
   * @param step average ms between two records
   */
  constructor(random: Random, start: number, last: number, step: number) {
    this.#random = random;
    this.#time = start;
    this.#last = last;
    this.#step = step;
  }

  /** The time of the last record, in ms since the epoch. */
  get time(): number {
    return this.#time;
  }

  /** Lets some time pass; returns the new time as agents write it. */
  next(): string {
    const step = Math.ceil(this.#random.fraction() * 2 * this.#step);
    this.#time = Math.min(this.#time + step, this.#last);
    return new Date(this.#time).toISOString();
  }
}

/** The lines of one source. */
export class Transcript {
  readonly events: EventCounts = {};
  readonly #lines: string[] = [];
  #length = 0;

  /** @param path where it belongs, relative to the home folder */
  constructor(readonly path: string) {}

  /** How many lines there are. */
  get lines(): number {
    return this.#lines.length;
  }

  /** How many characters there are; nearly the number of bytes. */
  get length(): number {
    return this.#length;
  }

  /** Adds a record as one line, which makes one event of each of these types. */
  add(record: unknown, ...events: readonly EventType[]): void {
    const line = JSON.stringify(record) + "\n";
    this.#lines.push(line);
    this.#length += line.length;
    for (const type of events) this.events[type] = (this.events[type] ?? 0) + 1;
  }

  /** The content of the file. */
  encode(): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(this.#lines.join(""));
  }
}
