import { assertEquals, assertNotEquals } from "@std/assert";
import { join, resolve } from "node:path";
import denoJson from "../../../deno.json" with { type: "json" };
import { forSystem, stage } from "../../../scripts/release/stage.ts";
import {
  ICACLS,
  ITSELF,
  LAUNCHCTL,
  SCHTASKS,
  SYSTEMCTL,
  WHOAMI,
} from "../../../src/platform/system_programs.ts";

const ROOT = resolve(import.meta.dirname!, "../../..");

Deno.test("forSystem() bakes the permissions of one system: those of deno.json, with its own programs", () => {
  const programs = {
    linux: [...SYSTEMCTL, ITSELF],
    darwin: [LAUNCHCTL],
    windows: [SCHTASKS, WHOAMI, ICACLS],
  };
  for (const os of ["linux", "darwin", "windows"] as const) {
    const { run, ...others } = forSystem(denoJson, os).permissions.collector;
    const { run: all, ...expected } = denoJson.permissions.collector;
    assertEquals([run, others], [programs[os], expected]);
    assertEquals(run.every((path) => all.includes(path)), true);
  }
});

Deno.test("stage() copies what the program is made of and nothing else, with one time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const tree = join(folder, "tree");
    await stage(ROOT, tree, "linux", { commit: "abc123", time: 1_700_000_000 });
    const names = (await Array.fromAsync(Deno.readDir(tree), ({ name }) => name)).toSorted();
    assertEquals(names, ["deno.json", "deno.lock", "main.ts", "src"]);
    assertEquals(JSON.parse(await Deno.readTextFile(join(tree, "src/platform/build.json"))), {
      commit: "abc123",
    });
    for (const path of ["main.ts", "src", "src/platform/build.json"]) {
      assertEquals((await Deno.stat(join(tree, path))).mtime, new Date(1_700_000_000_000));
    }
    // What stands in the checkout stays as it is.
    assertNotEquals(await Deno.readTextFile(join(ROOT, "src/platform/build.json")), "");
    assertEquals(JSON.parse(await Deno.readTextFile(join(ROOT, "src/platform/build.json"))).commit, null);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
