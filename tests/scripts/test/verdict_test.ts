import { assertEquals } from "@std/assert";
import type { TestCase } from "../../../scripts/test/report.ts";
import { judge } from "../../../scripts/test/verdict.ts";

function testCase(name: string, outcome: TestCase["outcome"], isStep = false): TestCase {
  return { file: "tests/a_test.ts", name, outcome, isStep };
}

const FILES = ["tests/a_test.ts"];

Deno.test("judge() counts tests of all runs, not their steps", () => {
  const first = [testCase("a", "passed"), testCase("a > step", "passed", true)];
  const second = [testCase("b", "failed"), testCase("b > step", "failed", true), testCase("c", "passed")];
  assertEquals(
    judge([{ files: FILES, success: true, cases: first }, { files: FILES, success: false, cases: second }]),
    { passed: 2, failed: 1, skipped: 0, skips: [], complaints: [] },
  );
});

Deno.test("judge() counts a failure when a file reports no test", () => {
  const files = ["tests/a_test.ts", "tests/broken_test.ts"];
  assertEquals(judge([{ files, success: false, cases: [testCase("a", "passed")] }]), {
    passed: 1,
    failed: 1,
    skipped: 0,
    skips: [],
    complaints: ["tests/broken_test.ts: no test ran in it"],
  });
});

Deno.test("judge() counts a failure when a run failed and all its tests passed", () => {
  const { passed, failed } = judge([{ files: FILES, success: false, cases: [testCase("a", "passed")] }]);
  assertEquals([passed, failed], [1, 1]);
});

Deno.test("judge() counts a failure when a test or a step is skipped without a mark", () => {
  const cases = [testCase("a", "skipped"), testCase("b", "passed"), testCase("b > step", "skipped", true)];
  assertEquals(judge([{ files: FILES, success: true, cases }]), {
    passed: 1,
    failed: 2,
    skipped: 0,
    skips: [],
    complaints: [
      "tests/a_test.ts: a: skipped without a mark [needs …] in its name",
      "tests/a_test.ts: b > step: skipped without a mark [needs …] in its name",
    ],
  });
});
