/**
 * Takes the pages of the documentation apart, for tests that hold them against the program.
 *
 * @module
 */

/** A fenced block of code. */
export interface CodeBlock {
  /** What stands behind the fence; empty for none. */
  readonly language: string;
  readonly lines: readonly string[];
}

/** All fenced blocks, in their order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, ([, language = "", body = ""]) => ({
    language,
    lines: body.split("\n").filter((line) => line !== ""),
  }));
}

/** What stands below a heading of the second level, up to the next one. */
export function sectionOf(markdown: string, heading: string): string {
  const [, after] = markdown.split(`\n## ${heading}\n`);
  if (after === undefined) throw new Error(`there is no heading ${heading}`);
  return after.split("\n## ")[0]!;
}

/** The keys that the first table with a column `key` explains, in its order. */
export function keysExplainedIn(section: string): readonly string[] {
  const [, rows = ""] = /^\| key .*\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(section) ?? [];
  return Array.from(rows.matchAll(/^\| `([a-zA-Z.[\]]+)`/gm), ([, key = ""]) => key);
}

/** The page without its fenced blocks. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, "");
}

/** All code within lines. */
export function inlineCode(markdown: string): readonly string[] {
  return Array.from(proseOf(markdown).matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
}

/** Where the links and pictures lead to. */
export function linksOf(markdown: string): readonly string[] {
  const prose = proseOf(markdown).replace(/`[^`\n]+`/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
}

/** The names by which headings are linked to. */
export function anchorsOf(markdown: string): readonly string[] {
  const headings = proseOf(markdown).matchAll(/^#+ (.+)$/gm);
  return Array.from(
    headings,
    ([, text = ""]) => text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"),
  );
}

/** The words of the calls of a program in a line of shell, each up to where its output goes to another one. */
export function callsOf(line: string, program: string): readonly (readonly string[])[] {
  return line.replace(/(^| )#.*$/, "").split(/[|;]|&&/)
    .map((part) => part.trim().replace(/^\$ /, "").split(/\s+/))
    .filter(([first]) => first === program)
    .map((words) => words.slice(1).map((word) => word.replace(/^(["'])(.*)\1$/, "$2")));
}
