import { assert, assertArrayIncludes, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { WORKERS } from "../../scripts/release/compile.ts";
import { targetOf, TARGETS } from "../../scripts/release/targets.ts";

const BUILD = resolve(import.meta.dirname!, "../../scripts/build.ts");

async function build(runtime: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BUILD, ...args],
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

class BuildFolder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "devlog-build-test-" });
  readonly program = join(this.path, "program");

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

for (const { name, triple } of TARGETS) {
  Deno.test(`build.ts embeds main and every worker for ${name}, and nothing that only tests or builds need`, async () => {
    await using folder = new BuildFolder();
    // Deno itself is no runtime for a compiled program, but will do to have everything else done: for another system
    // only the last step, which puts the modules into the runtime, fails.
    const { code, text } = await build(Deno.execPath(), "--target", name, "--output", folder.program);
    const isElf = Deno.build.os === "linux" && triple.includes("linux");
    if (isElf) assertEquals(code, 0, text);
    else if (code !== 0) assertStringIncludes(text, "Writing binary bytes");
    const paths = readTree(text);
    assertArrayIncludes(paths, ["main.ts", "src"]);
    for (const worker of WORKERS) {
      const whole = worker.replace(/[^/]+$/, "*");
      assert(paths.includes(whole) || paths.includes(worker), text);
    }
    const tops = new Set(paths.map((path) => path.split("/")[0]!));
    assertEquals([...tops].toSorted(), [".deno_compile_node_modules", "deno.json", "main.ts", "src"]);
    // Before 2.9 the packages that only tests use can't be left out.
    const hasTestPackages = paths.some((path) => path.includes("fast-check"));
    assertEquals(hasTestPackages, Deno.version.deno.startsWith("2.6."));
  });
}

Deno.test("build.ts makes the same bytes each time, wherever they go", async () => {
  await using folder = new BuildFolder();
  const programs = ["a/devlog-collector", "b/c/devlog-collector"].map((path) => join(folder.path, path));
  for (const program of programs) {
    assertEquals((await build(Deno.execPath(), "--output", program)).code, 0);
  }
  const [first, second] = await Promise.all(programs.map((program) => Deno.readFile(program)));
  assertEquals(first!.length, second!.length);
  assertEquals(first!.findIndex((byte, index) => byte !== second![index]), -1);
});

Deno.test("build.ts fails when the given runtime is none", async () => {
  await using folder = new BuildFolder();
  const { code } = await build(join(folder.path, "nothing"), "--output", folder.program);
  assertEquals(code, 1);
});

for (
  const [args, message] of [
    [["--target", "beos-ppc"], /^no target beos-ppc; there are all, linux-x64,/],
    [["--target", "all", "--output", "x"], /^--output is for one target/],
    [["--archives"], /^unknown argument --archives; there are/],
  ] as const
) {
  Deno.test(`build.ts ${args.join(" ")} is a mistake`, async () => {
    const { code, text } = await build("/nothing", ...args);
    assertEquals(code, 2);
    assertMatch(text, message);
  });
}

Deno.test("targetOf() knows this machine, and says what there is for others", () => {
  assertEquals(targetOf("darwin", "aarch64").name, "macos-arm64");
  assertEquals(targetOf("windows", "x86_64").name, "windows-x64");
  let message = "";
  try {
    targetOf("freebsd", "x86_64");
  } catch (error) {
    message = (error as Error).message;
  }
  assertMatch(message, /^nothing is built for freebsd-x64; there are linux-x64, /);
});

Deno.test("the version is one that package managers take", () => {
  assertMatch(denoJson.version, /^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/);
});
