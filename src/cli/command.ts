/**
 * What a command is: a value that says what it takes, and one function that does it. Each lives in its own file, which
 * exports it as `command`, and has one line in `commands.ts`.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import type { Terminal } from "./terminal.ts";

/** What all options share. */
interface OptionBase {
  /** Without its dashes, in kebab-case. */
  readonly name: string;
  /** One letter. */
  readonly alias?: string;
  /** One sentence, without a full stop. The default is added by the help. */
  readonly description: string;
}

/** On when given; it takes no value. */
export interface BooleanOption extends OptionBase {
  readonly type: "boolean";
}

/** Any text but an empty one. */
export interface StringOption extends OptionBase {
  readonly type: "string";
  /** What stands for the value in the help: `TEXT`, `GLOB`, … */
  readonly placeholder: string;
  readonly default?: string;
}

/** A whole number of at least 0. */
export interface IntegerOption extends OptionBase {
  readonly type: "integer";
  readonly placeholder: string;
  readonly default?: number;
}

/** One of a few words. */
export interface ChoiceOption extends OptionBase {
  readonly type: "choice";
  readonly choices: readonly string[];
  readonly default?: string;
}

/** May be given several times; the values keep their order. */
export interface ListOption extends OptionBase {
  readonly type: "list";
  readonly placeholder: string;
  /** The words that each value may be; any text if left out. */
  readonly choices?: readonly string[];
}

/** An option of a command. `--help` and `-h` belong to every command and are not named. */
export type OptionSpec = BooleanOption | ValuedOption;

/** An option that takes a value. */
export type ValuedOption = StringOption | IntegerOption | ChoiceOption | ListOption;

/** What stands for the value of an option in help and errors: its placeholder, else its choices. */
export function valueName(option: ValuedOption): string {
  return option.type === "choice" ? option.choices.join("|") : option.placeholder;
}

/** A word that is not an option. */
export interface PositionalSpec {
  /** In capitals: `ACTION`, `ID`, … */
  readonly name: string;
  readonly description: string;
  /** The words that it may be, such as the actions of `config`; any text if left out. */
  readonly choices?: readonly string[];
  /** It may be left out; all after it too. */
  readonly optional?: true;
}

/** A line of the help that can be copied. */
export interface Example {
  /** The whole line: `devlog-collector query --last 7d`. */
  readonly command: string;
  readonly description: string;
}

/** The options as they were given or by default. Asking for one that the command doesn't name is a mistake in the program. */
export interface Options {
  /** Whether a boolean option was given. */
  flag(name: string): boolean;
  /** The value of a string or choice option, else its default. */
  text(name: string): string | undefined;
  /** The value of a choice option, else its default, with the type of the list that the option names. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
  /** The value of an integer option, else its default. */
  integer(name: string): number | undefined;
  /** The values of a list option; empty where it was not given. */
  list(name: string): readonly string[];
}

/** A command as it was called. */
export interface Invocation {
  readonly options: Options;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  readonly environment: Environment;
}

/** A command. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands, the same as in `commands.ts`. */
  readonly summary: string;
  /** What follows the program's name: `query [OPTIONS]`. */
  readonly usage: string;
  readonly options: readonly OptionSpec[];
  readonly positionals?: readonly PositionalSpec[];
  readonly examples: readonly Example[];
  /**
   * Does it.
   *
   * @returns the exit code, one of `EXIT` in `errors.ts`
   * @throws {UserError} for what a person can put right; anything else is a fault of the program
   */
  run(invocation: Invocation): Promise<number>;
}

/** How facts are printed. */
export const FORMATS = ["text", "json"] as const;

/** `--format`, the same for every command that prints facts. */
export const FORMAT_OPTION: ChoiceOption = {
  name: "format",
  type: "choice",
  choices: FORMATS,
  default: "text",
  description: "How to print: for people or for scripts",
};
