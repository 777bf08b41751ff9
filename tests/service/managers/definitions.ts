/**
 * What the tests of all service managers define, and the golden files that hold it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join, resolve } from "node:path";
import type { ServiceSpec } from "../../../src/service/managers/manager.ts";

const FOLDER = resolve(import.meta.dirname!, "../../fixtures/services");

/** A service whose words and values need care in every language there is. */
export const TRICKY: ServiceSpec = {
  kind: "service",
  command: ["/opt/my tools/devlog & co/devlog-collector", "start", "--managed", "service", 'a "b" $c %d \\'],
  environment: { CODEX_HOME: "/data/100% & <more>", DEVLOG_KEY: 'x"y$z' },
};

/** A golden file. */
export function goldenPath(name: string): string {
  return join(FOLDER, name);
}

/** Holds a text to a golden file. With `DEVLOG_UPDATE_GOLDEN` set it is written anew. */
export function assertGolden(name: string, text: string): void {
  if (Deno.env.get("DEVLOG_UPDATE_GOLDEN")) Deno.writeTextFileSync(goldenPath(name), text);
  assertEquals(text, Deno.readTextFileSync(goldenPath(name)));
}

/** Runs a program that judges a file, in a session of its own, and returns what it said and how it ended. */
export function judge(
  program: string,
  ...args: readonly string[]
): { readonly code: number; readonly said: string } {
  const folder = Deno.makeTempDirSync();
  const env = { XDG_RUNTIME_DIR: folder };
  const { code, stdout, stderr } = new Deno.Command(program, { args: [...args], env, stdin: "null" })
    .outputSync();
  Deno.removeSync(folder, { recursive: true });
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}
