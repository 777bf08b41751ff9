/** Options of `parseArgs`, see https://jsr.io/@std/cli/doc/parse-args. */
export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly collect?: readonly string[];
  readonly alias?: Readonly<Record<string, string>>;
  readonly stopEarly?: boolean;
  /** Called for each option that is not named; return `false` to keep it out of the result. */
  readonly unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

export interface Args {
  readonly _: readonly (string | number)[];
  readonly [name: string]: unknown;
}

/** Parses command line arguments. */
export function parseArgs(args: readonly string[], options?: ParseOptions): Args;
