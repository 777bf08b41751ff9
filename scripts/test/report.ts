/**
 * Reads the JUnit report that `deno test` writes.
 *
 * @module
 */

/** What became of one test or one step of a test. */
export interface TestCase {
  /** The file, relative to the folder in which the tests ran, with `/` between its parts. */
  readonly file: string;
  /** The name; that of a step is `test > step`. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** It is a step: its outcome is part of that of its test. */
  readonly isStep: boolean;
}

/**
 * The cases of a report, in its order. Only what `deno test` writes is understood: one element a line, names escaped
 * (cli/tools/test/reporters/junit.rs of Deno).
 *
 * @param xml the whole report
 */
export function parseReport(xml: string): readonly TestCase[] {
  const cases: TestCase[] = [];
  for (const suite of xml.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)) {
    const file = unescapeXml(suite[1]!).replace(/^\.\//, "");
    const names = new Set<string>();
    // A failure's text is escaped, so that no element is found inside of it.
    for (const match of suite[2]!.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)) {
      const name = unescapeXml(match[1]!);
      cases.push({ file, name, outcome: outcomeOf(match[2] ?? ""), isStep: isStepOf(names, name) });
      names.add(name);
    }
  }
  return cases;
}

function outcomeOf(body: string): TestCase["outcome"] {
  if (/<(failure|error)\b/.test(body)) return "failed";
  return /<skipped\b/.test(body) ? "skipped" : "passed";
}

/** The report lists a test before its steps, each under the names of all it is part of. */
function isStepOf(names: ReadonlySet<string>, name: string): boolean {
  for (let end = name.lastIndexOf(" > "); end > 0; end = name.lastIndexOf(" > ", end - 1)) {
    if (names.has(name.slice(0, end))) return true;
  }
  return false;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(parseInt(decimal, 10));
      return ENTITIES[name!] ?? whole;
    },
  );
}
