/**
 * Reads a command line strictly: what is not understood is an error that says what was meant, never a guess.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { PROGRAM } from "../platform/program.ts";
import { suggest } from "../platform/suggest.ts";
import { type Command, type Options, type OptionSpec, type ValuedOption, valueName } from "./command.ts";
import { UsageError } from "./errors.ts";

/** The part of a command that says what it takes. */
export type CommandShape = Pick<Command, "name" | "options" | "positionals">;

/** A command line as it was understood. */
export interface ParsedArguments {
  readonly options: Options;
  readonly positionals: readonly string[];
}

/**
 * Reads what follows a command's name.
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, too many or too few words
 */
export function parseArguments(command: CommandShape, args: readonly string[]): ParsedArguments {
  const { options: specs, name: commandName } = command;
  const booleans = specs.filter(({ type }) => type === "boolean");
  const valued = specs.filter(({ type }) => type !== "boolean");
  rejectValues(booleans, commandName, args);
  rejectUnderscore(command, args);
  const parsed = parseArgs(args, {
    boolean: booleans.map(({ name }) => name),
    // "_" keeps words such as 007 from becoming numbers.
    string: ["_", ...valued.map(({ name }) => name)],
    collect: valued.map(({ name }) => name),
    alias: Object.fromEntries(specs.flatMap(({ name, alias }) => alias === undefined ? [] : [[name, alias]])),
    unknown: (argument, key) => key === undefined || rejectOption(command, argument),
  });
  const values = new Map<string, Value>();
  for (const spec of specs) {
    const given = parsed[spec.name];
    values.set(spec.name, spec.type === "boolean" ? given === true : readValue(spec, given, commandName));
  }
  return {
    options: new ParsedOptions(commandName, values),
    positionals: readPositionals(command, parsed._.map(String)),
  };
}

/** The error for a first word that is no command. */
export function unknownCommand(word: string, commands: readonly string[]): UsageError {
  if (word.startsWith("-")) {
    const meant = suggest(word.replace(/^-+/, ""), ["help", "version"]);
    return new UsageError(
      `unknown option ${word}`,
      meant
        ? `Did you mean \`--${meant}\`?`
        : `Options follow the command: \`${PROGRAM} COMMAND [OPTIONS]\`.`,
    );
  }
  const meant = suggest(word, [...commands, "help"]);
  const hint = meant === undefined ? `See \`${PROGRAM} --help\`.` : `Did you mean \`${meant}\`?`;
  return new UsageError(`unknown command ${JSON.stringify(word)}`, hint);
}

type Value = boolean | number | string | readonly string[] | undefined;

function seeHelp(commandName: string): string {
  return `See \`${PROGRAM} ${commandName} --help\`.`;
}

function rejectOption(command: CommandShape, argument: string): never {
  const typed = argument.split("=", 1)[0]!;
  const known = ["help", ...command.options.map(({ name }) => name)];
  const meant = suggest(typed.replace(/^-+/, ""), known);
  const hint = meant === undefined ? seeHelp(command.name) : `Did you mean \`--${meant}\`?`;
  throw new UsageError(`unknown option ${typed} of \`${command.name}\``, hint);
}

/** The parser keeps the words under `_`; an option of that name would break it. */
function rejectUnderscore(command: CommandShape, args: readonly string[]): void {
  const end = args.indexOf("--");
  const word = args.slice(0, end === -1 ? undefined : end)
    .find((word) => /^--(no-)?_(?:[=.]|$)/.test(word) || /^-[^-=]*_/.test(word));
  if (word !== undefined) rejectOption(command, word);
}

/** `--all=no` would be taken for yes by the parser. */
function rejectValues(booleans: readonly OptionSpec[], commandName: string, args: readonly string[]): void {
  const end = args.indexOf("--");
  for (const word of args.slice(0, end === -1 ? undefined : end)) {
    const spec = booleans.find(({ name, alias }) =>
      word.startsWith(`--${name}=`) || (alias !== undefined && word.startsWith(`-${alias}=`))
    );
    if (spec !== undefined) {
      throw new UsageError(`option --${spec.name} takes no value`, seeHelp(commandName));
    }
  }
}

/** The value of an option that takes one. The parser hands over all that were given; of a single one the last counts. */
function readValue(
  spec: ValuedOption,
  given: unknown,
  commandName: string,
): Value {
  const texts = Array.isArray(given) ? given.map(String) : [];
  for (const text of texts) {
    if (text === "") {
      throw new UsageError(`option --${spec.name} needs a value (${valueName(spec)})`, seeHelp(commandName));
    }
    if ("choices" in spec && spec.choices !== undefined) checkChoice(`--${spec.name}`, text, spec.choices);
  }
  if (spec.type === "list") return texts;
  const text = texts.at(-1);
  if (text === undefined) return spec.default;
  if (spec.type !== "integer") return text;
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new UsageError(
      `option --${spec.name} needs a whole number of at least 0, not ${JSON.stringify(text)}`,
      seeHelp(commandName),
    );
  }
  return Number(text);
}

function checkChoice(what: string, text: string, choices: readonly string[]): void {
  if (choices.includes(text)) return;
  const meant = suggest(text, choices);
  throw new UsageError(
    `${what} is one of ${choices.join(", ")}, not ${JSON.stringify(text)}`,
    meant && `Did you mean \`${meant}\`?`,
  );
}

function readPositionals(command: CommandShape, words: readonly string[]): readonly string[] {
  const specs = command.positionals ?? [];
  const tooMuch = words[specs.length];
  if (tooMuch !== undefined) {
    throw new UsageError(
      `\`${command.name}\` does not know what to do with ${JSON.stringify(tooMuch)}`,
      seeHelp(command.name),
    );
  }
  for (const [index, spec] of specs.entries()) {
    const word = words[index];
    if (word !== undefined && spec.choices !== undefined) checkChoice(spec.name, word, spec.choices);
    if (word === undefined && !spec.optional) {
      const among = spec.choices === undefined ? "" : ` (${spec.choices.join(", ")})`;
      throw new UsageError(`\`${command.name}\` needs ${spec.name}${among}`, seeHelp(command.name));
    }
  }
  return words;
}

class ParsedOptions implements Options {
  readonly #commandName: string;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(commandName: string, values: ReadonlyMap<string, Value>) {
    this.#commandName = commandName;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    return typeof value === "string" ? value : undefined;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    return choices.find((choice) => choice === text);
  }

  integer(name: string): number | undefined {
    const value = this.#get(name);
    return typeof value === "number" ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value : [];
  }

  #get(name: string): Value {
    if (!this.#values.has(name)) throw new TypeError(`\`${this.#commandName}\` has no option "${name}"`);
    return this.#values.get(name);
  }
}
