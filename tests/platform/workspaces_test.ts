import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { covers, filterText } from "../../src/platform/workspace_filter.ts";
import { globError, workspaceMatcher } from "../../src/platform/workspaces.ts";

const wants = (
  include: readonly string[],
  exclude: readonly string[],
  os: "linux" | "darwin" | "windows" = "linux",
) => workspaceMatcher({ include, exclude }, os);

Deno.test("workspaceMatcher() wants what is included and not excluded", () => {
  for (
    const [include, exclude, workspace, expected, os] of [
      [[], [], "/a", true],
      [[], [], undefined, true],
      [["/work/**"], [], "/work", true],
      [["/work/**"], [], "/work/a/.hidden/b", true],
      [["/work/**"], [], "/workshop", false],
      [["/work"], [], "/work/a", true],
      [["/work/"], [], "/work", true],
      [["/work/*"], [], "/work/a/b", false],
      [["**/app"], [], "/x/y/app", true],
      [["/work/{a,b}/**"], ["**/scratch/**"], "/work/a/scratch/x", false],
      [[], ["/secret"], "/secret/x", false],
      [[], ["/secret"], undefined, true],
      [["/work"], [], undefined, false],
      [["/Work"], [], "/work", false],
      [["/Work"], [], "/work", true, "darwin"],
      [["C:\\Work\\**"], [], "c:\\work\\App", true, "windows"],
      [["C:/Work"], [], "C:\\Work\\App", true, "windows"],
      [["!/work"], [], "/other", false],
    ] as const
  ) {
    assertEquals(
      wants(include, exclude, os)(workspace),
      expected,
      JSON.stringify([include, exclude, workspace]),
    );
  }
});

Deno.test("globError() says what is wrong with a glob", () => {
  assertEquals(["~/work/**", "{a,b}", "[ab]"].map(globError), [undefined, undefined, undefined]);
  for (const glob of ["[a", "{a,b", "a(b"]) assert(globError(glob)?.startsWith("Missing closing"), glob);
});

Deno.test("covers() says yes only of a filter that wants all that the other wants", () => {
  const globs = fc.uniqueArray(fc.constantFrom("/a/**", "/a/b", "**/b", "/c"), { maxLength: 3 });
  const filters = fc.record({ include: globs, exclude: globs });
  const folders = ["/a", "/a/b", "/a/x", "/c", "/d/b", undefined];
  fc.assert(
    fc.property(filters, filters, (stored, wanted) => {
      if (!covers(filterText(stored), filterText(wanted))) return;
      const [has, needs] = [wants(stored.include, stored.exclude), wants(wanted.include, wanted.exclude)];
      assertEquals(folders.filter((folder) => needs(folder) && !has(folder)), []);
    }),
    { numRuns: 2000 },
  );
  assert(covers("", filterText({ include: ["/a"], exclude: [] })));
  assert(
    covers(
      filterText({ include: ["/b", "/a"], exclude: [] }),
      filterText({ include: ["/a"], exclude: ["/x"] }),
    ),
  );
});
