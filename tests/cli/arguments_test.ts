import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type CommandShape, parseArguments, unknownCommand } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/cli/errors.ts";

const COMMAND: CommandShape = {
  name: "find",
  options: [
    { name: "all", alias: "a", type: "boolean", description: "All" },
    { name: "no-history", type: "boolean", description: "No history" },
    { name: "search", alias: "s", type: "string", placeholder: "TEXT", description: "Text" },
    { name: "agent", type: "string", placeholder: "ID", default: "codex", description: "Agent" },
    { name: "limit", type: "integer", placeholder: "N", default: 20, description: "How many" },
    { name: "days", type: "integer", placeholder: "N", description: "Days" },
    { name: "format", type: "choice", choices: ["text", "json"], default: "text", description: "Format" },
    { name: "workspaces", type: "list", placeholder: "GLOB", description: "Globs" },
    { name: "type", type: "list", placeholder: "TYPE", choices: ["a", "b"], description: "Types" },
  ],
  positionals: [
    { name: "ACTION", description: "What to do", choices: ["list", "show"] },
    { name: "ID", description: "Of what", optional: true },
  ],
};

Deno.test("parseArguments() fills in defaults when only the needed word is given", () => {
  const { options, positionals } = parseArguments(COMMAND, ["list"]);
  assertEquals(positionals, ["list"]);
  assertEquals([options.flag("all"), options.flag("no-history")], [false, false]);
  assertEquals([options.text("search"), options.text("agent"), options.text("format")], [
    undefined,
    "codex",
    "text",
  ]);
  assertEquals([options.integer("limit"), options.integer("days")], [20, undefined]);
  assertEquals([options.list("workspaces"), options.list("type")], [[], []]);
});

const READ: readonly (readonly [args: string, name: string, expected: unknown])[] = [
  ["list --all", "all", true],
  ["list -a", "all", true],
  ["--all list", "all", true],
  ["list --no-history", "no-history", true],
  ["list --search foo", "search", "foo"],
  ["list --search=foo=bar", "search", "foo=bar"],
  ["list -s foo", "search", "foo"],
  ["list -as foo", "search", "foo"],
  ["list --search 007", "search", "007"],
  ["list --search a --search b", "search", "b"],
  ["list --limit 0", "limit", 0],
  ["list --limit=90", "limit", 90],
  ["list --format json", "format", "json"],
  ["list --workspaces a --workspaces b", "workspaces", ["a", "b"]],
  ["list --type b --type a", "type", ["b", "a"]],
];

for (const [args, name, expected] of READ) {
  Deno.test(`parseArguments() reads --${name} when given "${args}"`, () => {
    const { options } = parseArguments(COMMAND, args.split(" "));
    const found = typeof expected === "boolean"
      ? options.flag(name)
      : typeof expected === "number"
      ? options.integer(name)
      : typeof expected === "string"
      ? options.text(name)
      : options.list(name);
    assertEquals(found, expected);
  });
}

Deno.test("parseArguments() keeps words as they are when they look like numbers or options after --", () => {
  assertEquals(parseArguments(COMMAND, ["show", "007"]).positionals, ["show", "007"]);
  assertEquals(parseArguments(COMMAND, ["show", "--", "--all"]).positionals, ["show", "--all"]);
  assertEquals(parseArguments(COMMAND, ["show", "--", "--all"]).options.flag("all"), false);
});

const REJECTED: readonly (readonly [args: string, message: string, hint: string])[] = [
  ["list --serch x", "unknown option --serch of `find`", "Did you mean `--search`?"],
  ["list --serch=x", "unknown option --serch of `find`", "Did you mean `--search`?"],
  ["list --hlep", "unknown option --hlep of `find`", "Did you mean `--help`?"],
  ["list -x", "unknown option -x of `find`", "See `devlog-collector find --help`."],
  ["list -format json", "unknown option -format of `find`", "Did you mean `--format`?"],
  ["list --no-all", "unknown option --no-all of `find`", "See `devlog-collector find --help`."],
  ["list --__proto__ x", "unknown option --__proto__ of `find`", "See `devlog-collector find --help`."],
  ["list --_ x", "unknown option --_ of `find`", "See `devlog-collector find --help`."],
  ["list --_=x", "unknown option --_ of `find`", "See `devlog-collector find --help`."],
  ["list --no-_", "unknown option --no-_ of `find`", "See `devlog-collector find --help`."],
  ["list -_", "unknown option -_ of `find`", "See `devlog-collector find --help`."],
  [
    "list --constructor.x 1",
    "unknown option --constructor.x of `find`",
    "See `devlog-collector find --help`.",
  ],
  ["list --all=no", "option --all takes no value", "See `devlog-collector find --help`."],
  ["list -a=no", "option --all takes no value", "See `devlog-collector find --help`."],
  ["list --search", "option --search needs a value (TEXT)", "See `devlog-collector find --help`."],
  ["list --search=", "option --search needs a value (TEXT)", "See `devlog-collector find --help`."],
  ["list --search --all", "option --search needs a value (TEXT)", "See `devlog-collector find --help`."],
  ["list --workspaces", "option --workspaces needs a value (GLOB)", "See `devlog-collector find --help`."],
  ["list --format", "option --format needs a value (text|json)", "See `devlog-collector find --help`."],
  ["list --format jsn", '--format is one of text, json, not "jsn"', "Did you mean `json`?"],
  ["list --type a --type c", '--type is one of a, b, not "c"', ""],
  ["shw", 'ACTION is one of list, show, not "shw"', "Did you mean `show`?"],
  ["", "`find` needs ACTION (list, show)", "See `devlog-collector find --help`."],
  ["show 1 2", '`find` does not know what to do with "2"', "See `devlog-collector find --help`."],
];

for (const [args, message, hint] of REJECTED) {
  Deno.test(`parseArguments() refuses when given "${args}"`, () => {
    const error = assertThrows(() => parseArguments(COMMAND, args.split(" ").filter(Boolean)), UsageError);
    assertEquals([error.message, error.hint ?? "", error.exitCode], [message, hint, 2]);
  });
}

for (const text of ["ninety", "1.5", "1e3", "0x10", "9007199254740993", "5d", "١"]) {
  Deno.test(`parseArguments() refuses the integer ${text}`, () => {
    assertThrows(
      () => parseArguments(COMMAND, ["list", "--limit", text]),
      UsageError,
      `option --limit needs a whole number of at least 0, not ${JSON.stringify(text)}`,
    );
  });
}

Deno.test("options throw when asked for one that the command does not name", () => {
  const { options } = parseArguments(COMMAND, ["list"]);
  assertThrows(() => options.text("nope"), TypeError, '`find` has no option "nope"');
});

Deno.test("options.choice() returns the value with the type of the list", () => {
  const { options } = parseArguments(COMMAND, ["list", "--format", "json"]);
  const format: "text" | "json" | undefined = options.choice("format", ["text", "json"]);
  assertEquals(format, "json");
});

Deno.test("parseArguments() gives back what was written as --name=value", () => {
  const value = fc.string({ minLength: 1, unit: "binary" });
  fc.assert(
    fc.property(
      value,
      fc.nat(),
      fc.array(value, { maxLength: 4 }),
      fc.boolean(),
      (text, limit, globs, all) => {
        const { options } = parseArguments(COMMAND, [
          `--search=${text}`,
          `--limit=${limit}`,
          ...globs.map((glob) => `--workspaces=${glob}`),
          ...(all ? ["--all"] : []),
          "list",
        ]);
        assertEquals(
          [options.text("search"), options.integer("limit"), options.list("workspaces"), options.flag("all")],
          [text, limit, globs, all],
        );
      },
    ),
  );
});

Deno.test("parseArguments() understands or throws a UsageError, whatever it is given", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "list",
      "show",
      "--all",
      "-a",
      "--search",
      "--limit",
      "--format",
      "json",
      "--",
      "-",
      "-as",
      "--=",
    ),
    fc.string({ maxLength: 6 }),
    fc.string({ maxLength: 6 }).map((text) => `--${text}`),
    fc.string({ maxLength: 4 }).map((text) => `-${text}`),
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 6 }), (args) => {
    try {
      const { positionals } = parseArguments(COMMAND, args);
      assertEquals(positionals.length >= 1 && positionals.length <= 2, true);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }));
});

Deno.test("unknownCommand() names the nearest command when the word is mistyped", () => {
  const commands = ["start", "stop", "status", "sync"];
  const hint = (word: string) => unknownCommand(word, commands).hint;
  assertEquals(hint("stauts"), "Did you mean `status`?");
  assertEquals(hint("STOP"), "Did you mean `stop`?");
  assertEquals(hint("hlep"), "Did you mean `help`?");
  assertEquals(hint("frobnicate"), "See `devlog-collector --help`.");
  assertEquals(hint("--hlep"), "Did you mean `--help`?");
  assertEquals(hint("--format"), "Options follow the command: `devlog-collector COMMAND [OPTIONS]`.");
});
