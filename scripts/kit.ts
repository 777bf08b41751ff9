// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Finds or makes the compile kit: a `deno` and a `denort` of one version. With it `deno compile` makes a program that
 * runs, also on a machine that can't download the runtime which `deno compile` builds on.
 *
 * As a script it prints the folder of the kit. Exit codes: 0 done, 1 making it failed, 3 there is none and none can be
 * made here.
 *
 * @module
 */

import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "..");

/** Where a kit that was made is kept. */
const KEPT = join(ROOT, ".kit");

/** The program that makes a kit in the folder it is given; it stands beside the checkout, where there is one. */
const MAKER = resolve(ROOT, "../shared/tools/compile-kit");

/** The two halves, as absolute paths. */
export interface Kit {
  readonly folder: string;
  readonly deno: string;
  readonly denort: string;
}

/** Making the kit failed. */
export class KitError extends Error {
  override readonly name = "KitError";
}

/** The kit in `DEVLOG_KIT`, else the one made before, or `undefined`. */
export function findKit(): Kit | undefined {
  const given = Deno.env.get("DEVLOG_KIT");
  const candidates = given === undefined || given === "" ? [KEPT] : [resolve(given), KEPT];
  return candidates.map(kitIn).find((kit) => isFile(kit.deno) && isFile(kit.denort));
}

/** Whether `makeKit` has what it needs, network aside. */
export function canMakeKit(): boolean {
  return Deno.build.os === "linux" && Deno.build.arch === "x86_64" && isFile(MAKER);
}

/**
 * The kit, made if there is none yet: some 60 MB from the registries of npm and PyPI, once.
 *
 * @throws {KitError} if it can't be made; what the maker said is part of the message
 */
export async function makeKit(): Promise<Kit> {
  const found = findKit();
  if (found !== undefined) return found;
  if (!canMakeKit()) throw new KitError(`no compile kit: set DEVLOG_KIT to a folder with deno and denort`);
  // Made aside and renamed: another process never sees half a kit, and of two that make one the first wins.
  const folder = await Deno.makeTempDir({ dir: ROOT, prefix: ".kit-" });
  try {
    const maker = new Deno.Command(MAKER, { args: [folder], stdin: "null", stdout: "null", stderr: "piped" });
    const { success, stderr } = await maker.output();
    if (!success) throw new KitError(`making the compile kit failed: ${new TextDecoder().decode(stderr)}`);
    await Deno.rename(folder, KEPT).catch((error) => {
      if (findKit() === undefined) throw error;
    });
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
  }
  return kitIn(KEPT);
}

function kitIn(folder: string): Kit {
  return { folder, deno: join(folder, "deno"), denort: join(folder, "denort") };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function main(): Promise<number> {
  if (findKit() === undefined && !canMakeKit()) return 3;
  try {
    console.log((await makeKit()).folder);
    return 0;
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
