import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { join, resolve } from "node:path";

const BUILD = resolve(import.meta.dirname!, "../../scripts/build.ts");

async function build(output: string, runtime: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BUILD, "--output", output],
    env: { DENORT_BIN: runtime, NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/**
 * The paths in the tree of embedded files that `deno compile` prints, folders among them. A folder that is embedded
 * whole is printed, and returned, as `folder/*`.
 */
function readTree(text: string): readonly string[] {
  const above: string[] = [];
  return text.slice(text.indexOf("Embedded Files")).split("\n").flatMap((line) => {
    const match = /^([│├└─┬ ]+)(\S+) \(/.exec(line);
    if (match === null) return [];
    // Each level is drawn two cells wide, its last one four.
    above.length = (match[1]!.length - 4) / 2;
    above.push(match[2]!);
    return [above.join("/")];
  });
}

Deno.test("build.ts embeds main and every worker, and nothing that only tests or builds need", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Deno itself is no runtime for a compiled program, but will do to have everything else done to the end.
    const { code, text } = await build(join(folder, "program"), Deno.execPath());
    assertEquals(code, 0, text);
    const paths = readTree(text);
    assertArrayIncludes(paths, ["main.ts", "src"]);
    assert(paths.includes("src/export/*") || paths.includes("src/export/export_worker.ts"), text);
    for (const worker of ["reader_worker.ts", "writer_worker.ts"]) {
      assert(paths.includes("src/sync/*") || paths.includes(`src/sync/${worker}`), text);
    }
    const tops = new Set(paths.map((path) => path.split("/")[0]!));
    assertEquals([...tops].toSorted(), [".deno_compile_node_modules", "deno.json", "main.ts", "src"]);
    // Before 2.9 the packages that only tests use can't be left out.
    const hasTestPackages = paths.some((path) => path.includes("fast-check"));
    assertEquals(hasTestPackages, Deno.version.deno.startsWith("2.6."));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("build.ts fails when the given runtime is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code } = await build(join(folder, "program"), join(folder, "nothing"));
    assertEquals(code, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
