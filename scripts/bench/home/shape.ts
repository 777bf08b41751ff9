/**
 * The shapes a generated history can have: how long its lines are, and how many of them carry no event.
 *
 * @module
 */

import type { Random } from "./random.ts";

/** The names of the shapes. */
export const SHAPE_NAMES = ["small", "large", "long"] as const;

/** A shape's name. */
export type ShapeName = typeof SHAPE_NAMES[number];

/** What decides the lengths and kinds of lines. */
export interface Shape {
  /** Bytes of an average source. */
  readonly bytesPerFile: number;
  /** Characters of text in a prompt. */
  prompt(random: Random): number;
  /** Characters of text in any other line: an answer, a call's arguments, a result. */
  text(random: Random): number;
  /** Characters of a call's result. */
  result(random: Random): number;
  /** Probability that a message begins with its reasoning, on a line of its own. */
  readonly reasoning: number;
  /** Probability that a call is announced by text, on a line of its own. */
  readonly commentary: number;
  /** Probability, after each step, of a line that makes no event (progress, snapshots, hook summaries). */
  readonly silent: number;
  /** Characters of the instructions that Codex writes at the head of a session. */
  readonly instructions: number;
}

/** What a line of Claude Code carries around its text, roughly. */
const ENVELOPE = 700;

/** A text that brings a whole line to 0.5 to 50 KB. */
function largeText(random: Random): number {
  return Math.max(30, random.logUniform(500, 50_000) - ENVELOPE);
}

const LARGE: Shape = {
  bytesPerFile: 1_000_000,
  prompt: (random) => random.logUniform(40, 6_000),
  text: largeText,
  result: (random) => random.chance(1 / 500) ? 1_000_000 : largeText(random),
  reasoning: 0.4,
  commentary: 0.4,
  silent: 0.15,
  instructions: 12_000,
};

/** The shapes by name. */
export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  /** Lines of about 0.8 KB, of which nearly every one makes an event: the worst case per byte. */
  small: {
    bytesPerFile: 255_000,
    prompt: (random) => random.logUniform(40, 600),
    text: (random) => random.logUniform(20, 400),
    result: (random) => random.logUniform(40, 1_100),
    reasoning: 0.03,
    commentary: 0.03,
    silent: 0.03,
    instructions: 300,
  },
  /** Lines of 0.5 to 50 KB, and now and then one of 1 MB: what long work with big files looks like. */
  large: LARGE,
  /** As `large`, but one result in a hundred is of 14 MB: with its envelope just under the 16 MiB up to which a line is decoded. */
  long: {
    ...LARGE,
    bytesPerFile: 20_000_000,
    result: (random) => random.chance(1 / 100) ? 14_000_000 : largeText(random),
  },
};
