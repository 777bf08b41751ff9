import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseReport } from "../../../scripts/test/report.ts";

/** As Deno 2.9.6 writes it. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="2" errors="0" time="0.015">
    <testsuite name="./tests/a_test.ts" tests="5" disabled="2" errors="0" failures="2">
        <testcase name="a passes" classname="./tests/a_test.ts" time="0.002" line="1" col="6">
        </testcase>
        <testcase name="b needs &lt;x&gt; &amp; &quot;y&quot; [needs strace]" classname="./tests/a_test.ts" time="0.000" line="2" col="6">
            <skipped/>
        </testcase>
        <testcase name="c &gt; d fails" classname="./tests/a_test.ts" time="0.001" line="4" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="c &gt; d fails &gt; s1" classname="./tests/a_test.ts" time="0.000" line="4" col="50">
            <failure message="Uncaught Error: &lt;skipped/&gt;">Error: &lt;skipped/&gt;
    at file:///tmp/tests/a_test.ts:4:75</failure>
        </testcase>
        <testcase name="a passes &gt; s2" classname="./tests/a_test.ts" time="0.000" line="1" col="76">
            <skipped/>
        </testcase>
    </testsuite>
    <testsuite name="./tests/b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="a passes" classname="./tests/b_test.ts" time="0.000" line="1" col="6">
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("parseReport() tells files, outcomes and steps apart", () => {
  assertEquals(parseReport(REPORT), [
    { file: "tests/a_test.ts", name: "a passes", outcome: "passed", isStep: false },
    { file: "tests/a_test.ts", name: 'b needs <x> & "y" [needs strace]', outcome: "skipped", isStep: false },
    { file: "tests/a_test.ts", name: "c > d fails", outcome: "failed", isStep: false },
    { file: "tests/a_test.ts", name: "c > d fails > s1", outcome: "failed", isStep: true },
    { file: "tests/a_test.ts", name: "a passes > s2", outcome: "skipped", isStep: true },
    { file: "tests/b_test.ts", name: "a passes", outcome: "passed", isStep: false },
  ]);
});

Deno.test("parseReport() finds nothing when the report is empty", () => {
  assertEquals(parseReport(""), []);
});

Deno.test("parseReport() returns any escaped name as it was", () => {
  const escapes: Readonly<Record<string, string>> = {
    "<": "lt",
    ">": "gt",
    "&": "amp",
    '"': "quot",
    "'": "apos",
  };
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."<>&\"'; #x1a") }), (name) => {
    const escaped = name.replace(/[<>&"']/g, (character) => `&${escapes[character]};`);
    const xml = `<testsuite name="./t_test.ts"><testcase name="${escaped}" time="0"></testcase></testsuite>`;
    assertEquals(parseReport(xml).map((found) => found.name), [name]);
  }));
});
