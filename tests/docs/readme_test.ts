import { assert, assertEquals } from "@std/assert";
import { dirname, join, resolve } from "node:path";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { PROGRAM } from "../../src/platform/program.ts";
import { run, temporaryHome } from "../e2e/program.ts";
import { anchorsOf, callsOf, codeBlocks, inlineCode, linksOf } from "./markdown.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const FIXTURES = join(ROOT, "tests/fixtures");

/** The pages that users read. */
const USER_PAGES = ["README.md", "docs/commands.md"];
const PAGES = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  ...Array.from(Deno.readDirSync(join(ROOT, "docs")), ({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`),
];

function read(page: string): string {
  return Deno.readTextFileSync(join(ROOT, page));
}

/**
 * All calls of the program that a page shows. `sh` blocks hold calls that change nothing and are run here, `shell` blocks
 * any others, `console` blocks calls behind a prompt with what they print.
 */
function allCalls(page: string): readonly (readonly string[])[] {
  const text = read(page);
  const lines = codeBlocks(text).flatMap(({ language, lines }) => {
    if (language === "console") return lines.filter((line) => line.startsWith("$ "));
    return language === "sh" || language === "shell" ? lines : [];
  });
  return [...lines, ...inlineCode(text)].flatMap((line) => callsOf(line, PROGRAM));
}

const commands = new Map<string, Command>();
for (const [name, entry] of Object.entries(COMMANDS)) commands.set(name, (await entry.load()).command);

/** The options that a command takes; those of the program itself without one. */
function optionsOf(command: Command | undefined): readonly string[] {
  if (command === undefined) return ["--help", "--version"];
  return ["--help", ...command.options.map(({ name }) => `--${name}`)];
}

Deno.test("README.md shows every command, and the pages show none that does not exist", () => {
  const shown = new Set(allCalls("README.md").map(([word]) => word));
  for (const name of commands.keys()) assert(shown.has(name), `README.md shows no call of ${name}`);
  for (const page of USER_PAGES) {
    for (const [word = ""] of allCalls(page)) {
      const isKnown = commands.has(word) || word.startsWith("-") || word === "COMMAND";
      assert(isKnown, `${page} shows \`${PROGRAM} ${word}\``);
    }
  }
});

Deno.test("README.md and docs/commands.md show only options that their commands take", () => {
  const everywhere = new Set([...commands.values()].flatMap(optionsOf));
  for (const page of USER_PAGES) {
    for (const [word = "", ...rest] of allCalls(page)) {
      if (word === "COMMAND") continue;
      for (const part of rest) {
        const [, option] = /^\[?(--[a-z-]+)/.exec(part) ?? [];
        if (option === undefined) continue;
        assert(
          optionsOf(commands.get(word)).includes(option),
          `${page} shows \`${PROGRAM} ${word} ${option}\``,
        );
      }
    }
    for (const code of inlineCode(read(page))) {
      const [, option] = /^(--[a-z-]+)/.exec(code) ?? [];
      if (option !== undefined) assert(everywhere.has(option), `${page} names ${option}`);
    }
  }
});

Deno.test("the links of all pages lead to files and headings that exist", () => {
  for (const page of PAGES) {
    for (const link of linksOf(read(page))) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      assert(exists(join(ROOT, target)), `${page} links to ${link}`);
      if (anchor !== undefined) {
        assert(
          anchorsOf(read(target)).includes(anchor),
          `${page} links to ${link}, where no such heading is`,
        );
      }
    }
  }
});

Deno.test("the configuration that README.md shows is valid", () => {
  const environment = { os: "linux", home: "/home/ada", get: () => undefined } as const;
  const blocks = codeBlocks(read("README.md")).filter(({ language }) => language === "yaml");
  const configs = blocks.map(({ lines }) => parseConfig(lines.join("\n"), "README.md", environment));
  assertEquals(configs.map(({ agents }) => Object.keys(agents)), [["claude-code", "codex"], ["my-agent"]]);
});

Deno.test("the examples of README.md that change nothing end well, in a home with history", async (t) => {
  using home = temporaryHome();
  const put = (fixture: string, path: string) => {
    Deno.mkdirSync(dirname(join(home.path, path)), { recursive: true });
    Deno.copyFileSync(join(FIXTURES, fixture), join(home.path, path));
  };
  put(
    "claude-code/session.jsonl",
    ".claude/projects/-home-ada-shop/11111111-aaaa-4aaa-8aaa-000000000001.jsonl",
  );
  put(
    "codex/parent.jsonl",
    ".codex/sessions/2026/05/04/rollout-2026-05-04T08-00-00-019df200-5000-7001-8000-000000000001.jsonl",
  );
  const { code } = await run(["sync", "--initial-sync-days", "0"], { home: home.path });
  assertEquals(code, 0);
  const calls = codeBlocks(read("README.md"))
    .filter(({ language }) => language === "sh")
    .flatMap(({ lines }) => lines)
    .flatMap((line) => callsOf(line, PROGRAM));
  assert(calls.length >= 10, `there are only ${calls.length}`);
  for (const call of calls) {
    await t.step(call.join(" "), async () => {
      assert(
        [
          "status",
          "sync --status",
          "query",
          "stats",
          "agents",
          "remote list",
          "export",
          "config",
          "version",
          "service status",
        ]
          .some((start) => call.join(" ").startsWith(start)),
      );
      const outcome = await run(call, { home: home.path });
      assertEquals(outcome.code, 0, outcome.stderr);
      assert(outcome.stdout !== "" || outcome.stderr === "No events match.\n", outcome.stderr);
    });
  }
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
