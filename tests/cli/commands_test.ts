import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { parseArguments } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/cli/errors.ts";

for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
  Deno.test(`the command ${name} says of itself what the table says of it`, async () => {
    const { command } = await load();
    assertEquals([command.name, command.summary], [name, summary]);
    assertEquals(command.usage.split(" ")[0], name);
  });

  Deno.test(`the examples of ${name} are lines that it understands`, async () => {
    const { command } = await load();
    for (const example of command.examples) {
      const [program, word, ...args] = splitWords(example.command.split(" | ")[0]!);
      assertEquals([program, word], ["devlog-collector", name]);
      try {
        parseArguments(command, args);
      } catch (error) {
        if (error instanceof UsageError) throw new Error(`${example.command}: ${error.message}`);
        throw error;
      }
    }
  });

  Deno.test(`the options of ${name} are each named once`, async () => {
    const { command } = await load();
    const names = command.options.flatMap(({ name, alias }) => alias === undefined ? [name] : [name, alias]);
    assertEquals(names.filter((one) => one === "help" || one === "h"), []);
    assertEquals(new Set(names).size, names.length);
  });
}

/** Splits a line as a shell would, as far as examples need it. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) =>
    double ?? single ?? bare ?? ""
  );
}
