import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { readCompanion } from "../../src/sources/companion.ts";
import { temporaryHome } from "../e2e/program.ts";

Deno.test("readCompanion() reads JSON, or what its agent reads, and nothing of what is not as it should be", () => {
  using home = temporaryHome();
  const root = Deno.realPathSync(home.path);
  const write = (name: string, text: string) => {
    Deno.writeTextFileSync(join(root, name), text);
    return join(root, name);
  };
  const json = write("a.json", '{"a":1}');
  assertEquals(readCompanion(json, root), { a: 1 });
  assertEquals(readCompanion(json, root, (text) => text.length), 7);
  assertEquals(readCompanion(write("half.json", '{"a":'), root), undefined);
  const fail = () => {
    throw new RangeError("too long");
  };
  assertEquals(readCompanion(json, root, fail), undefined);
  assertEquals(readCompanion(join(root, "none.json"), root), undefined);
  assertEquals(readCompanion(root, root), undefined);
  assertEquals(readCompanion(json, join(root, "other")), undefined);
  assertEquals(readCompanion(write("large.json", `"${"x".repeat(1 << 20)}"`), root), undefined);
});
