import { assertEquals, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Runs the runner in a project of the given files, on a machine that has no program on its PATH. */
async function runTests(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const project = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(project, "tests/e2e"), { recursive: true });
    await Deno.writeTextFile(join(project, "deno.json"), "{}");
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(project, "tests", name), text);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `--config=${join(ROOT, "deno.json")}`, join(ROOT, "scripts/test.ts"), ...args],
      cwd: project,
      env: { PATH: join(project, "no-programs"), CI: "", DEVLOG_BIN: "", NO_COLOR: "1" },
    }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    return { code, lines, closing: lines.at(-1), stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

const PASSES = `Deno.test("passes", () => {});`;
const FAILS = `Deno.test("fails", () => { throw new Error("on purpose"); });`;

function skipped(mark: string): string {
  return `Deno.test({ name: "is skipped ${mark}", ignore: true, fn() {} });`;
}

Deno.test("test.ts ends with the counts and code 0 when all passes or is rightly skipped", async () => {
  const { code, lines, closing } = await runTests({
    "a_test.ts": PASSES + skipped("[needs zstd]"),
    "b_alone_test.ts": PASSES,
    "c_slow_test.ts": FAILS,
  });
  assertEquals([code, closing], [0, "2 passed, 0 failed, 1 skipped"]);
  assertEquals(lines.at(-2), "skipped: tests/a_test.ts: is skipped [needs zstd]: zstd is not installed");
});

Deno.test("test.ts ends with code 1 when a test fails, one is skipped as it likes, or a file breaks", async () => {
  const { code, closing } = await runTests({
    "fails_test.ts": PASSES + FAILS,
    "skipped_test.ts": skipped("today") + skipped("[needs luck]"),
    "breaks_test.ts": `throw new Error("on purpose");`,
  });
  assertEquals([code, closing], [1, "1 passed, 4 failed, 0 skipped"]);
});

Deno.test("test.ts fails when the tests don't compile", async () => {
  const { code, closing } = await runTests({ "types_test.ts": `const n: number = "one";` + PASSES });
  assertEquals([code, closing], [1, "0 passed, 1 failed, 0 skipped"]);
});

Deno.test("test.ts runs the slow tests alone when given --slow, and the named files alone when given parts", async () => {
  const files = { "a_test.ts": FAILS, "b_slow_test.ts": PASSES, "c_slow_test.ts": FAILS };
  const { code, closing } = await runTests(files, "--slow", "b_");
  assertEquals([code, closing], [0, "1 passed, 0 failed, 0 skipped"]);
});

Deno.test("test.ts ends with code 2 when it is called wrongly", async () => {
  const files = { "a_test.ts": PASSES, "e2e/b_test.ts": PASSES };
  for (
    const [args, reason] of [
      [["--fast"], "unknown option --fast"],
      [["--smoke"], "DEVLOG_BIN"],
      [["nothing-like-it"], "no test file"],
    ] as const
  ) {
    const { code, stderr } = await runTests(files, ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, reason);
  }
});
