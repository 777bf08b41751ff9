import { assertEquals } from "@std/assert";
import { readAll } from "../../../scripts/bench/floor.ts";
import { generateHome } from "../../../scripts/generate_home.ts";

Deno.test("readAll() reads and parses all that was generated", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const home = generateHome(folder, { bytes: 500_000, shape: "small", files: 5 });
    const { files, bytes, lines } = readAll(folder);
    assertEquals({ files, bytes, lines }, { files: home.files, bytes: home.bytes, lines: home.lines });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
