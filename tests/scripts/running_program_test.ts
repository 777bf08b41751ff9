import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { RunningProgram } from "../e2e/running_program.ts";

function evaluate(code: string, stdin: "null" | "piped" = "null"): RunningProgram {
  const args = ["eval", "--no-config", code];
  return new RunningProgram(
    new Deno.Command(Deno.execPath(), { args, stdin, stdout: "piped", stderr: "piped" }),
  );
}

/** Prints a line to stdout and one to stderr, then runs on. */
const TALKS_ON =
  "console.log('first'); setTimeout(() => console.error('second'), 50); setInterval(() => {}, 1000);";

Deno.test("RunningProgram.line() finds a line on either output, also one that came before", async () => {
  await using running = evaluate(TALKS_ON);
  assertEquals(await running.line(/^sec/), "second");
  assertEquals(await running.line(/^fir/), "first");
});

Deno.test("RunningProgram.line() fails with the output when no such line comes in time", async () => {
  await using running = evaluate(TALKS_ON);
  await running.line(/first/);
  const error = await assertRejects(() => running.line(/third/, 20), Error, "within 20 ms");
  assertStringIncludes(error.message, "first");
});

Deno.test("RunningProgram.line() fails at once when the process has ended without it", async () => {
  await using running = evaluate("Deno.exit(4)");
  await assertRejects(() => running.line(/anything/), Error, "ended without a line");
  assertEquals((await running.end()).code, 4);
});

Deno.test("RunningProgram.end() kills what does not end in time", async () => {
  const running = evaluate(TALKS_ON);
  await running.line(/first/);
  await assertRejects(() => running.end(20), Error, "did not end within 20 ms");
  // Killed a second time, it is gone already.
  assert((await running.kill()).code !== 0);
});

Deno.test("RunningProgram.feed() gives the process its standard input to the end", async () => {
  const copy = "for await (const chunk of Deno.stdin.readable) await Deno.stdout.write(chunk);";
  await using running = evaluate(copy, "piped");
  await running.feed("one\ntwo\n");
  assertEquals(await running.end(), { code: 0, stdout: "one\ntwo\n", stderr: "" });
});
