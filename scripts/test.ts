// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Runs the tests and ends with one line of counts: `N passed, N failed, N skipped`.
 *
 * `deno task test [--slow | --smoke] [PART…]`: a PART limits the run to the files whose path holds it. Plain leaves out
 * the slow tests, `--slow` runs those alone, `--smoke` runs the end-to-end tests against the program that `DEVLOG_BIN`
 * names. With `CI` set, a `deno.lock` that is out of date is an error. Exit codes: 0 all passed, 1 something failed, 2
 * wrong usage.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { parseReport } from "./test/report.ts";
import { selectFiles, type Selection, type Suite } from "./test/selection.ts";
import { judge, type TestRun } from "./test/verdict.ts";

/** How many test files run side by side unless `DENO_JOBS` says otherwise: more would make timing tests unsteady. */
const JOBS = "2";

class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const { suite, parts } = readArguments(args);
  const selection = selectFiles(listTests("tests"), suite, parts);
  if (selection.together.length + selection.alone.length === 0) throw new UsageError("no test file is meant");
  const verdict = judge(await runAll(selection));
  for (const line of verdict.skips) console.log(`skipped: ${line}`);
  for (const line of verdict.complaints) console.log(`FAILED: ${line}`);
  console.log(`${verdict.passed} passed, ${verdict.failed} failed, ${verdict.skipped} skipped`);
  return verdict.failed === 0 ? 0 : 1;
}

function readArguments(
  args: readonly string[],
): { readonly suite: Suite; readonly parts: readonly string[] } {
  const { slow, smoke, _: parts } = parseArgs(args, {
    boolean: ["slow", "smoke"],
    unknown: (argument, key) => {
      if (key !== undefined) throw new UsageError(`unknown option ${argument}; there are --slow and --smoke`);
    },
  });
  if (slow && smoke) throw new UsageError("--slow and --smoke exclude each other");
  if (smoke && !Deno.env.get("DEVLOG_BIN")) {
    throw new UsageError("--smoke tests a compiled program: name it in DEVLOG_BIN");
  }
  return { suite: slow ? "slow" : smoke ? "smoke" : "plain", parts: parts.map(String) };
}

function listTests(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return listTests(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
}

async function runAll({ together, alone }: Selection): Promise<readonly TestRun[]> {
  const runs: TestRun[] = [];
  if (together.length > 0) runs.push(await runTests(together, ["--parallel"]));
  if (alone.length > 0) runs.push(await runTests(alone, []));
  return runs;
}

async function runTests(files: readonly string[], flags: readonly string[]): Promise<TestRun> {
  const report = await Deno.makeTempFile({ prefix: "devlog-tests-", suffix: ".xml" });
  try {
    const frozen = Deno.env.get("CI") ? ["--frozen"] : [];
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-prompt", ...frozen, ...flags, `--junit-path=${report}`, ...files],
      env: { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? JOBS },
      stdin: "null",
    }).spawn().status;
    // Where the files don't even compile, the report stays empty.
    return { files, success, cases: parseReport(await Deno.readTextFile(report)) };
  } finally {
    await Deno.remove(report);
  }
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}
