import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { parseChecksums, sha256, writeChecksums } from "../../../scripts/release/checksums.ts";
import { skipUnless } from "../../skips.ts";

Deno.test("sha256() is the one of the standard", async () => {
  assertEquals(
    await sha256(new TextEncoder().encode("abc")),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test({
  name: "writeChecksums() writes what sha256sum checks, of what is published alone [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const published = [
        "devlog-collector-0.1.0-linux-x64.tar.gz",
        "devlog-collector-0.1.0-windows-x64.zip",
        "devlog-collector-0.1.0.tgz",
        "devlog-collector_0.1.0_amd64.deb",
      ];
      for (const name of [...published, "devlog-collector", "SHA256SUMS", "notes.txt"]) {
        await Deno.writeTextFile(join(folder, name), name);
      }
      assertEquals(await writeChecksums(folder), published);
      const check = () =>
        new Deno.Command("sha256sum", { args: ["--check", "--strict", "SHA256SUMS"], cwd: folder })
          .outputSync();
      assertEquals(check().code, 0);
      const sums = parseChecksums(await Deno.readTextFile(join(folder, "SHA256SUMS")));
      assertEquals([...sums.keys()], published);
      await Deno.writeTextFile(join(folder, published[0]!), "other");
      assertEquals(check().code, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("parseChecksums() takes no line that is none", () => {
  const sum = "0".repeat(64);
  assertEquals(parseChecksums(`${sum}  a.zip\n${sum} *b.zip\n`), new Map([["a.zip", sum], ["b.zip", sum]]));
  assertThrows(() => parseChecksums(`${sum}  a.zip\n404: Not Found\n`), Error, "404: Not Found");
});
