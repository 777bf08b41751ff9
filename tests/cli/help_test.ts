import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Command } from "../../src/cli/command.ts";
import { asksForHelp, renderCommandHelp, renderProgramHelp, wrap } from "../../src/cli/help.ts";
import { NO_COLOURS } from "../../src/cli/palette.ts";

const STYLE = { columns: 60, colour: NO_COLOURS };

const COMMAND: Command = {
  name: "find",
  summary: "Find things",
  usage: "find ACTION [OPTIONS]",
  positionals: [{ name: "ACTION", description: "What to do", choices: ["list", "show"] }, {
    name: "ID",
    description: "Of what",
    optional: true,
  }],
  options: [
    { name: "all", alias: "a", type: "boolean", description: "Also what is hidden" },
    { name: "limit", type: "integer", placeholder: "N", default: 20, description: "How many" },
    {
      name: "glob",
      type: "list",
      placeholder: "GLOB",
      description: "Only workspaces that match one of these",
    },
    { name: "a-rather-long-option-name", type: "choice", choices: ["text", "json"], description: "Long" },
  ],
  examples: [{ command: "devlog-collector find list", description: "All of them" }],
  run: () => Promise.resolve(0),
};

Deno.test("renderCommandHelp() shows arguments, options with their defaults, and examples", () => {
  assertEquals(
    renderCommandHelp(COMMAND, STYLE),
    `Find things.

Usage:
  devlog-collector find ACTION [OPTIONS]

Arguments:
  ACTION  What to do: list, show
  [ID]    Of what

Options:
  -a, --all                   Also what is hidden
  --limit N                   How many (default 20)
  --glob GLOB                 Only workspaces that match one
                              of these (may be repeated)
  --a-rather-long-option-name text|json
                              Long
  -h, --help                  Show this help

Examples:
  # All of them
  devlog-collector find list
`,
  );
});

Deno.test("renderProgramHelp() lists every command of the table", () => {
  const load = () => Promise.resolve({ command: COMMAND });
  const help = renderProgramHelp(
    { find: { summary: "Find things", load }, stop: { summary: "Stop", load } },
    STYLE,
  );
  assertStringIncludes(help, "\nCommands:\n  find  Find things\n  stop  Stop\n\n");
});

Deno.test("wrap() keeps lines within the width and loses no word", () => {
  const text = "one two three four fivefivefive six";
  const lines = wrap(text, 8);
  assertEquals(lines.join(" "), text);
  assert(lines.every((line) => line.length <= 8 || !line.includes(" ")));
});

Deno.test("asksForHelp() sees --help and -h before -- alone", () => {
  assertEquals([["--help"], ["x", "-h"], ["x"], ["--", "-h"], []].map(asksForHelp), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
