import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { configProblem, diskProblem, foldersProblem, watchProblem } from "../../src/sync/problem_texts.ts";

Deno.test("foldersProblem() names three places and counts the others", () => {
  const places = ["a", "b", "c", "d", "e"].map((name) => ({
    path: `/${name}`,
    reason: "Permission denied.",
  }));
  assertEquals(foldersProblem([]), undefined);
  assertEquals(
    foldersProblem(places.slice(0, 1))?.message,
    "Some places can't be searched: /a: Permission denied.",
  );
  assertEquals(
    foldersProblem(places)?.message,
    "Some places can't be searched: /a: Permission denied; /b: Permission denied; /c: Permission denied; " +
      "and 2 more.",
  );
});

Deno.test("watchProblem() is made of whole sentences, whatever the reasons end with", () => {
  assertEquals(watchProblem([]), undefined);
  const { message, hint } = watchProblem([
    { root: "/a", reason: "OS file watch limit reached.", cause: "system-limit" },
    { root: "/b", reason: "it has 9 folders", cause: "own-limit" },
  ])!;
  assertEquals(
    message,
    "Changes are found by looking every few seconds, not at once: " +
      "/a: OS file watch limit reached; /b: it has 9 folders.",
  );
  assertMatch(hint, /^Nothing is lost\. Raise the limit .*\)\. The other watches .*\.$/);
});

Deno.test("watchProblem() speaks of the limits of the system only where one was reached", () => {
  const hintOf = (cause: "own-limit" | "system-limit" | "other") =>
    watchProblem([{ root: "/a", reason: "no", cause }])!.hint;
  assertMatch(hintOf("system-limit"), /max_user_watches/);
  assertNotMatch(hintOf("own-limit"), /max_user/);
  assertNotMatch(hintOf("other"), /max_user/);
});

Deno.test("diskProblem() and configProblem() say what is wrong", () => {
  assertEquals([diskProblem(undefined), diskProblem("Only 3 MB.")?.message], [undefined, "Only 3 MB."]);
  assertEquals(configProblem(new Error("a mistake")).message, "a mistake");
});
