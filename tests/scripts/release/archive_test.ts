import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { pack, type Packed } from "../../../scripts/release/archive.ts";
import { skipUnless } from "../../skips.ts";

const TIME = Date.UTC(2026, 0, 31, 12, 30, 14) / 1000;
const FILES: readonly Packed[] = [
  { path: "program", data: new TextEncoder().encode("#!/bin/sh\necho it runs\n"), isProgram: true },
  { path: "README.md", data: new TextEncoder().encode("# Read me\n"), isProgram: false },
  { path: "completions/program.fish", data: new TextEncoder().encode("x".repeat(100_000)), isProgram: false },
];

/** Unpacks an archive with a program of the system, and says what came out. */
async function unpack(kind: "tar.gz" | "zip", ...command: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    const archive = join(folder, `archive.${kind}`);
    await Deno.writeFile(archive, pack(kind, "tool-1.0.0", FILES, TIME));
    const [program, ...args] = command as [string, ...string[]];
    const { code, stderr } = await new Deno.Command(program, {
      args: [...args, archive],
      cwd: folder,
      env: { TZ: "UTC" },
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    const inside = join(folder, "tool-1.0.0");
    const files = await Promise.all(FILES.map(async ({ path }) => {
      const { mode, mtime } = await Deno.stat(join(inside, path));
      return [path, await Deno.readTextFile(join(inside, path)), mode! & 0o777, mtime!.getTime()];
    }));
    const { stdout } = await new Deno.Command(join(inside, "program")).output();
    assertEquals(new TextDecoder().decode(stdout), "it runs\n");
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const EXPECTED = FILES.map(({ path, data, isProgram }) => [
  path,
  new TextDecoder().decode(data),
  isProgram ? 0o755 : 0o644,
  TIME * 1000,
]);

Deno.test({
  name: "pack() makes a tar.gz that tar unpacks, with modes and times [needs unix]",
  ...skipUnless("unix"),
  fn: async () => assertEquals(await unpack("tar.gz", "tar", "xzf"), EXPECTED),
});

Deno.test({
  name: "pack() makes a zip that unzip unpacks, with modes and times [needs unzip]",
  ...skipUnless("unzip"),
  fn: async () => assertEquals(await unpack("zip", "unzip", "-q"), EXPECTED),
});

for (const kind of ["tar.gz", "zip"] as const) {
  Deno.test(`pack() makes the same ${kind} of the same files in any order`, () => {
    assertEquals(pack(kind, "a", FILES.toReversed(), TIME), pack(kind, "a", FILES, TIME));
  });

  Deno.test(`pack() makes the same ${kind} in every time zone`, async () => {
    const module = new URL("../../../scripts/release/archive.ts", import.meta.url);
    const code = `import { pack } from "${module}";
      const data = new TextEncoder().encode("content");
      await Deno.stdout.write(pack("${kind}", "a", [{ path: "b", data, isProgram: true }], ${TIME}));`;
    const made = await Promise.all(["UTC", "America/New_York", "Asia/Kolkata"].map(async (zone) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", code],
        env: { TZ: zone },
      }).output();
      return stdout.toHex();
    }));
    assertEquals(made, [made[0], made[0], made[0]]);
    assertEquals(made[0]!.length > 200, true);
  });
}
