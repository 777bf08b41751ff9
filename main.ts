/**
 * The program: maps the first word to a command, and an error to a message and an exit code.
 *
 * @module
 */

import type { Command } from "./src/cli/command.ts";
import { COMMANDS } from "./src/cli/commands.ts";
import { makeTerminal, type Terminal } from "./src/cli/terminal.ts";
import { readEnvironment, readVariable } from "./src/platform/environment.ts";

if (import.meta.main) {
  const terminal = makeTerminal({
    stdout: Deno.stdout,
    stderr: Deno.stderr,
    read: readVariable,
    consoleColumns: () => Deno.consoleSize().columns,
  });
  Deno.exit(await runProgram(Deno.args, terminal));
}

async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await runWords(args, terminal);
  } catch (error) {
    const { reportError } = await import("./src/cli/errors.ts");
    return reportError(error, terminal);
  }
}

async function runWords([word = "help", ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  const help = await import("./src/cli/help.ts");
  if (
    word === "--help" || word === "-h" || (word === "help" && (rest.length === 0 || help.asksForHelp(rest)))
  ) {
    terminal.out(help.renderProgramHelp(COMMANDS, terminal));
    return 0;
  }
  if (word === "--version") {
    const { VERSION } = await import("./src/platform/program.ts");
    terminal.out(`${VERSION}\n`);
    return 0;
  }
  const command = await loadCommand(word === "help" ? rest[0]! : word);
  if (word === "help" || help.asksForHelp(rest)) {
    terminal.out(help.renderCommandHelp(command, terminal));
    return 0;
  }
  const { parseArguments } = await import("./src/cli/arguments.ts");
  const { options, positionals } = parseArguments(command, rest);
  return await command.run({ options, positionals, terminal, environment: readEnvironment() });
}

async function loadCommand(word: string): Promise<Command> {
  if (Object.hasOwn(COMMANDS, word)) return (await COMMANDS[word]!.load()).command;
  const { unknownCommand } = await import("./src/cli/arguments.ts");
  throw unknownCommand(word, Object.keys(COMMANDS));
}
