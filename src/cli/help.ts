/**
 * The help, made from what the commands say of themselves.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import { type Command, type OptionSpec, type PositionalSpec, valueName } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import type { Palette } from "./palette.ts";

/** How help is drawn: `terminal.columns` and `terminal.colour`. */
export interface HelpStyle {
  readonly columns: number;
  readonly colour: Palette;
}

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 100;

/** Whether help is asked for: `--help` or `-h` anywhere before `--`, also beside mistakes. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).some((word) => word === "--help" || word === "-h");
}

/** The help of the program: all commands, and how to go on. */
export function renderProgramHelp(
  commands: Readonly<Record<string, CommandEntry>>,
  style: HelpStyle,
): string {
  const rows = Object.entries(commands).map(([name, { summary }]): Row => [name, summary]);
  return [
    "Collects the history of every AI coding agent on this machine into one local store.\n",
    section("Usage", `  ${PROGRAM} COMMAND [OPTIONS]\n`, style),
    section("Commands", renderRows(rows, style), style),
    section(
      "Options",
      renderRows([["-h, --help", "Show this help"], ["--version", "Show the version"]], style),
      style,
    ),
    `\`${PROGRAM} help COMMAND\` shows what a command takes.\n`,
  ].join("\n");
}

/** The help of one command. */
export function renderCommandHelp(command: Command, style: HelpStyle): string {
  const parts = [
    `${command.summary}.\n`,
    section("Usage", `  ${PROGRAM} ${command.usage}\n`, style),
  ];
  if (command.positionals?.length) {
    parts.push(section("Arguments", renderRows(command.positionals.map(positionalRow), style), style));
  }
  const options: readonly Row[] = [...command.options.map(optionRow), ["-h, --help", "Show this help"]];
  parts.push(section("Options", renderRows(options, style), style));
  if (command.examples.length > 0) {
    const examples = command.examples.map(({ command: line, description }) =>
      `  ${style.colour.dim(`# ${description}`)}\n  ${line}\n`
    );
    parts.push(section("Examples", examples.join(""), style));
  }
  return parts.join("\n");
}

type Row = readonly [term: string, description: string];

function positionalRow({ name, description, choices, optional }: PositionalSpec): Row {
  const among = choices === undefined ? "" : `: ${choices.join(", ")}`;
  return [optional ? `[${name}]` : name, `${description}${among}`];
}

function optionRow(spec: OptionSpec): Row {
  const names = spec.alias === undefined ? `--${spec.name}` : `-${spec.alias}, --${spec.name}`;
  const value = spec.type === "boolean" ? "" : ` ${valueName(spec)}`;
  const notes: string[] = [];
  if (spec.type === "list") notes.push("may be repeated");
  if (spec.type === "list" && spec.choices !== undefined) notes.push(`one of ${spec.choices.join(", ")}`);
  if ("default" in spec && spec.default !== undefined) notes.push(`default ${spec.default}`);
  return [
    `${names}${value}`,
    notes.length === 0 ? spec.description : `${spec.description} (${notes.join("; ")})`,
  ];
}

function section(title: string, body: string, { colour }: HelpStyle): string {
  return `${colour.bold(`${title}:`)}\n${body}`;
}

/** Terms in one column, descriptions wrapped in the other; a term that is too long stands on a line of its own. */
function renderRows(rows: readonly Row[], { columns, colour }: HelpStyle): string {
  const indent = Math.min(30, Math.max(...rows.map(([term]) => term.length)) + 4);
  const width = Math.max(20, Math.min(columns, WIDEST) - indent);
  return rows.map(([term, description]) => {
    const [first = "", ...rest] = wrap(description, width);
    const head = term.length + 4 > indent
      ? `  ${colour.cyan(term)}\n${" ".repeat(indent)}`
      : `  ${colour.cyan(term)}${" ".repeat(indent - term.length - 2)}`;
    return [`${head}${first}`, ...rest.map((line) => " ".repeat(indent) + line), ""].join("\n");
  }).join("");
}

/** Breaks a text between its words; a word that is wider than the line stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
