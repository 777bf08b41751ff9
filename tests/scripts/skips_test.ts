import { assert, assertEquals, assertMatch } from "@std/assert";
import { holds, judgeSkip, skipUnless } from "../skips.ts";

Deno.test("judgeSkip() allows a skip when one of the named preconditions is missing, and says which", () => {
  const verdict = judgeSkip("f() works [needs zstd] [needs go]", (name) => name === "zstd");
  assertEquals(verdict, { allowed: true, reason: "go is not installed" });
});

Deno.test("judgeSkip() refuses a skip when all it needs is there", () => {
  const verdict = judgeSkip("f() works [needs zstd] [needs go]", () => true);
  assert(!verdict.allowed);
  assertMatch(verdict.complaint, /although .* zstd, go$/);
});

Deno.test("judgeSkip() refuses a skip when the mark names something else, such as what every object has", () => {
  for (const name of ["luck", "constructor"]) {
    const verdict = judgeSkip(`f() works [needs ${name}]`, () => false);
    assert(!verdict.allowed);
    assertMatch(verdict.complaint, /is not on the list/);
  }
});

Deno.test("skipUnless() runs the test when all preconditions hold, and only then", () => {
  // Exactly one of them holds for every user of every system.
  const isUnix = Deno.build.os !== "windows";
  const isRoot = isUnix && Deno.uid() === 0;
  assertEquals(skipUnless("unix"), { ignore: !isUnix });
  assertEquals(skipUnless("unix", "not-root"), { ignore: !isUnix || isRoot });
  assertEquals(holds("not-root"), !isRoot);
});

Deno.test("holds() is false for a tool when it can't be found", async () => {
  const skips = new URL("../skips.ts", import.meta.url).href;
  const names = ["go", "pty", "strace", "user-namespaces", "zstd"];
  const code = `const { holds } = await import("${skips}"); console.log(${
    JSON.stringify(names)
  }.filter(holds).join());`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { PATH: "/no-such-folder" },
  }).output();
  assertEquals([success, new TextDecoder().decode(stdout)], [true, "\n"]);
});
