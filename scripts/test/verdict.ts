/**
 * What a run of the tests came to: the counts, and what people must be told beside them.
 *
 * @module
 */

import { judgeSkip } from "../../tests/skips.ts";
import type { TestCase } from "./report.ts";

/** One call of `deno test`. */
export interface TestRun {
  /** The files it was given. */
  readonly files: readonly string[];
  /** Whether it ended with exit code 0. */
  readonly success: boolean;
  /** What it reported; nothing if it broke off before. */
  readonly cases: readonly TestCase[];
}

/** The verdict on all runs together. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A line for each rightly skipped test: which, and why. */
  readonly skips: readonly string[];
  /** A line for each failure that the output of `deno test` does not show as a failed test. */
  readonly complaints: readonly string[];
}

/**
 * Counts tests, not steps, and looks for what a report does not say: a file in which nothing ran, a run that failed
 * without a failed test, a skip that nothing justifies. Each of them counts as one failure.
 */
export function judge(runs: readonly TestRun[]): Verdict {
  let passed = 0;
  let failed = 0;
  const skips: string[] = [];
  const complaints: string[] = [];
  for (const { files, success, cases } of runs) {
    let failedHere = 0;
    for (const { file, name, outcome, isStep } of cases) {
      if (outcome === "skipped") {
        const verdict = judgeSkip(name);
        if (verdict.allowed) skips.push(`${file}: ${name}: ${verdict.reason}`);
        else complaints.push(`${file}: ${name}: ${verdict.complaint}`);
      } else if (!isStep) {
        if (outcome === "passed") passed++;
        else failedHere++;
      }
    }
    const reported = new Set(cases.map(({ file }) => file));
    const silent = files.filter((file) => !reported.has(file));
    complaints.push(...silent.map((file) => `${file}: no test ran in it`));
    if (!success && failedHere === 0 && silent.length === 0) {
      complaints.push("deno test failed without a failed test: see its output above");
    }
    failed += failedHere;
  }
  return { passed, failed: failed + complaints.length, skipped: skips.length, skips, complaints };
}
