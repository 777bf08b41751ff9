import { assertEquals, assertStringIncludes } from "@std/assert";
import { AnotherCollectorError, reportError, UsageError, UserError } from "../../src/cli/errors.ts";
import { OutputClosed } from "../../src/cli/terminal.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

function report(error: unknown): readonly [exitCode: number, stderr: string, stdout: string] {
  const terminal = new RecordingTerminal();
  return [reportError(error, terminal), terminal.stderr, terminal.stdout];
}

Deno.test("reportError() prints message and hint and returns the code of a user error", () => {
  assertEquals(report(new UserError("it broke", { hint: "Mend it." })), [
    1,
    "error: it broke\nMend it.\n",
    "",
  ]);
  assertEquals(report(new UserError("it broke")), [1, "error: it broke\n", ""]);
  assertEquals(report(new UsageError("what?", "Say it again.")), [2, "error: what?\nSay it again.\n", ""]);
});

Deno.test("reportError() returns 3 when another collector runs", () => {
  const [code, stderr] = report(new AnotherCollectorError("process 4711"));
  assertEquals(code, 3);
  assertStringIncludes(stderr, "error: another collector is running (process 4711)\n");
  assertStringIncludes(stderr, "`devlog-collector stop`");
});

Deno.test("reportError() returns 2 and names every mistake of a configuration", () => {
  const problem = { line: 8, column: 11, key: "sync.initial_sync_days", message: "expected x, found y" };
  const [code, stderr] = report(
    new ConfigError("/h/config.yaml", [problem, { ...problem, line: 9, key: "" }]),
  );
  assertEquals(code, 2);
  assertStringIncludes(stderr, "error: 2 mistakes in the configuration /h/config.yaml\n");
  assertStringIncludes(stderr, "  config.yaml:8:11 sync.initial_sync_days: expected x, found y\n");
  assertStringIncludes(stderr, "  config.yaml:9:11 expected x, found y\n");
});

Deno.test("reportError() is silent and returns 0 when nobody reads any more", () => {
  assertEquals(report(new OutputClosed("gone")), [0, "", ""]);
});

Deno.test("reportError() says that a broken network connection is a failure", () => {
  assertEquals(report(new Deno.errors.BrokenPipe("connection gone"))[0], 1);
});

Deno.test("reportError() prints what the system says without a stack", () => {
  assertEquals(report(new Deno.errors.PermissionDenied("Permission denied: open '/x'")), [
    1,
    "error: Permission denied: open '/x'\n",
    "",
  ]);
});

Deno.test("reportError() prints the stack, and that of the cause, when the error is unexpected", () => {
  const [code, stderr] = report(new TypeError("x is null", { cause: new RangeError("too deep") }));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "error: TypeError: x is null\n    at ");
  assertStringIncludes(stderr, "Caused by: RangeError: too deep\n    at ");
  assertStringIncludes(stderr, "Please report it");
});

Deno.test("reportError() copes with what is no error, and cleans it", () => {
  assertStringIncludes(report("thrown \x1b]0;text\x07")[1], "error: thrown \n");
  assertStringIncludes(report(new UserError("bad file \x1b[31mname"))[1], "error: bad file name\n");
});
