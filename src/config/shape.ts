/**
 * The building blocks of the schema. Each makes a complete message: what was expected and what was found.
 *
 * @module
 */

import * as v from "valibot";
import { suggest } from "../platform/suggest.ts";

/** A schema that takes whatever the file holds. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** The schemas of a mapping's keys. */
type Entries = Readonly<Record<string, Schema<unknown>>>;

/** What a mapping of such keys becomes. */
type Output<E extends Entries> = { readonly [K in keyof E]: v.InferOutput<E[K]> };

/** A message maker. `secret` keeps what was found out of it. */
export function expected(
  what: string,
  { secret = false } = {},
): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `expected ${what}, found ${secret ? "something else" : describe(input)}`;
}

const LONGEST = 60;

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
}

/** `true` or `false`. */
export const BOOLEAN: Schema<boolean> = v.boolean(expected("true or false"));

/** A whole number within bounds, both included. */
export function integer(least: number, most?: number): Schema<number> {
  return v.custom<number>(
    (input) =>
      Number.isSafeInteger(input) && input as number >= least && input as number <= (most ?? Infinity),
    expected(most === undefined ? `an integer of at least ${least}` : `an integer from ${least} to ${most}`),
  );
}

/** One of a few words. */
export function choice<T extends string>(choices: readonly T[]): Schema<T> {
  return v.picklist(choices, (issue) => {
    const meant = typeof issue.input === "string" ? suggest(issue.input, choices) : undefined;
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    return `${expected(`one of ${choices.join(", ")}`)(issue)}${hint}`;
  });
}

/** A text that a test accepts. */
export function text(
  what: string,
  accepts: (input: string) => boolean = (input) => input !== "",
  options: { readonly secret?: boolean } = {},
): Schema<string> {
  return v.custom<string>(
    (input) => typeof input === "string" && accepts(input),
    expected(what, options),
  );
}

/** A list. */
export function list<T>(what: string, item: Schema<T>): Schema<readonly T[]> {
  return v.array(item, expected(`a list of ${what}`));
}

/** A mapping whose keys are known. Where it is left out, or left empty, the defaults of its keys hold. */
export function section<E extends Entries>(entries: E): Schema<Output<E>> {
  const known = Object.keys(entries);
  return v.optional(
    v.lazy((input) => {
      if (input !== null && !isMapping(input)) return NO_MAPPING;
      return v.pipe(
        v.unknown(),
        v.transform((input) => input ?? {}),
        v.object(entries, "is missing"),
        // Not valibot's `strictObject`: that one stops at the first key it doesn't know.
        v.rawCheck(({ addIssue }) => {
          for (const key of Object.keys(input ?? {})) {
            if (!Object.hasOwn(entries, key)) addIssue(keyIssue(input, key, unknownKey(key, known)));
          }
        }),
      );
    }),
    {},
  ) as Schema<Output<E>>;
}

/** A mapping whose keys the user chooses. */
export function dictionary<T>(
  what: string,
  name: RegExp,
  value: Schema<T>,
): Schema<Readonly<Record<string, T>>> {
  return v.optional(
    v.lazy((input) => {
      if (input !== null && !isMapping(input)) return NO_MAPPING;
      return v.pipe(
        v.unknown(),
        v.transform((input) => input ?? {}),
        v.record(v.string(), value),
        v.rawCheck(({ addIssue }) => {
          for (const key of Object.keys(input ?? {})) {
            // Valibot leaves out what every object inherits, and `prototype`, so an agent can't be called so.
            if (name.test(key) && !(key in {}) && key !== "prototype") continue;
            addIssue(keyIssue(input, key, expected(what)({ input: key })));
          }
        }),
      );
    }),
    {},
  ) as Schema<Readonly<Record<string, T>>>;
}

const NO_MAPPING: Schema<never> = v.custom<never>(() => false, expected("a mapping of keys"));

/** Whether a value of the file is a mapping. */
export function isMapping(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = suggest(key, known);
  return meant === undefined
    ? `unknown key; known are ${known.join(", ")}`
    : `unknown key; did you mean "${meant}"?`;
}

/** An issue that points at the key, not at its value. */
function keyIssue(input: unknown, key: string, message: string): v.RawCheckIssueInfo<unknown> {
  return { message, input: key, path: [{ type: "unknown", origin: "key", input, key, value: undefined }] };
}
