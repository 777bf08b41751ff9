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
