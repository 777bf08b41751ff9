import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { storagePaths } from "../../src/config/paths.ts";
import { defaultConfig } from "../../src/config/load.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { prepareFolder } from "../../src/service/prepare.ts";
import { temporaryHome } from "../e2e/program.ts";
import { skipUnless } from "../skips.ts";

Deno.test({
  name: "prepareFolder() makes the folder of the store and those above it for this user alone [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using home = temporaryHome();
    const paths = pathsIn(home.path);
    prepareFolder(paths, "linux");
    assertEquals(modeOf(paths.folder), 0o700);
    assertEquals(modeOf(join(home.path, ".devlog")), 0o700);
    // What is there is left as it is.
    Deno.writeTextFileSync(paths.database, "kept");
    prepareFolder(paths, "linux");
    assertEquals(Deno.readTextFileSync(paths.database), "kept");
  },
});

Deno.test({
  name: "prepareFolder() closes a folder that others may enter [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using home = temporaryHome();
    const paths = pathsIn(home.path);
    Deno.mkdirSync(paths.folder, { recursive: true });
    Deno.chmodSync(paths.folder, 0o750);
    prepareFolder(paths, "linux");
    assertEquals(modeOf(paths.folder), 0o700);
  },
});

Deno.test("prepareFolder() throws when a file stands in the way", () => {
  using home = temporaryHome();
  Deno.writeTextFileSync(join(home.path, ".devlog"), "a file");
  assertThrows(() => prepareFolder(pathsIn(home.path), "linux"));
});

function pathsIn(home: string) {
  const environment: Environment = { os: "linux", home, get: () => undefined };
  return storagePaths(defaultConfig(environment), environment);
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}
