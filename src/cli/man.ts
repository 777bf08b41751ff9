/**
 * The man page, made from the table of commands.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import { type Command, type OptionSpec, valueName } from "./command.ts";

/**
 * Draws it, in roff.
 *
 * @param version of the program
 * @param date of the release, `2026-01-31`
 */
export function renderMan(commands: readonly Command[], version: string, date: string): string {
  const lines = [
    `.TH ${PROGRAM.toUpperCase()} 1 "${date}" "${PROGRAM} ${version}" "User Commands"`,
    ".SH NAME",
    `${roff(PROGRAM)} \\- collects the history of every AI coding agent on this machine`,
    ".SH SYNOPSIS",
    `.B ${roff(PROGRAM)}`,
    ".I COMMAND",
    "[\\fIOPTIONS\\fR]",
    ".SH DESCRIPTION",
    "Finds the logs of AI coding agents, syncs all of the past and then every new event into one local store,",
    "and keeps it current. History and live events are one thing.",
    ".SH COMMANDS",
    ...commands.flatMap(renderCommand),
    ".SH EXIT STATUS",
    ...[
      ["0", "done"],
      ["1", "failed"],
      ["2", "wrong usage, or a mistake in the configuration"],
      ["3", "another collector is running"],
    ].flatMap(([code, meaning]) => [".TP", `.B ${code}`, meaning!]),
    ".SH FILES",
    ".TP",
    "\\fI~/.devlog/config.yaml\\fR",
    "The configuration. None is needed.",
    ".TP",
    "\\fI~/.devlog/data/devlog.db\\fR",
    "The store, an SQLite database.",
    ".SH ENVIRONMENT",
    ".TP",
    ".B DEVLOG_HOME",
    "The folder of configuration and store, in place of \\fI~/.devlog\\fR.",
  ];
  return `${lines.join("\n")}\n`;
}

function renderCommand(command: Command): readonly string[] {
  return [
    `.SS ${roff(command.usage)}`,
    `${roff(command.summary)}.`,
    ...command.options.flatMap(renderOption),
    ...command.examples.flatMap(({ command, description }) => [
      ".PP",
      `${roff(description)}:`,
      ".PP",
      ".RS",
      ".nf",
      roff(command),
      ".fi",
      ".RE",
    ]),
  ];
}

function renderOption(option: OptionSpec): readonly string[] {
  const names = [...option.alias === undefined ? [] : [`-${option.alias}`], `--${option.name}`];
  const value = option.type === "boolean" ? "" : ` \\fI${roff(valueName(option))}\\fR`;
  return [
    ".TP",
    `${names.map((name) => `\\fB${roff(name)}\\fR`).join(", ")}${value}`,
    `${roff(option.description)}.`,
  ];
}

/** Text that roff prints as it is. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga")
    .replace(/^\./, "\\&.").replaceAll("~", "\\(ti").replaceAll("^", "\\(ha");
}
