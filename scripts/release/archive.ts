/**
 * Puts the program and what goes with it into an archive. The same content gives the same bytes, whoever packs it and
 * wherever: names in order, one time, no owner.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { type ZipOptions, zipSync } from "fflate";
import { createTar } from "nanotar";
import type { Target } from "./targets.ts";

/** A file to pack. */
export interface Packed {
  /** Below the folder that the archive unpacks to; with `/` on every system. */
  readonly path: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly isProgram: boolean;
}

/**
 * The bytes of an archive that unpacks to one folder.
 *
 * @param time of all files, seconds since the epoch
 */
export function pack(
  kind: Target["archive"],
  folder: string,
  files: readonly Packed[],
  time: number,
): Uint8Array<ArrayBuffer> {
  const named = files.map(({ path, data, isProgram }) => ({
    name: `${folder}/${path}`,
    data,
    mode: isProgram ? 0o755 : 0o644,
  })).toSorted((a, b) => a.name < b.name ? -1 : 1);
  return kind === "zip" ? zip(named, time) : tar(named, time);
}

interface Named {
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly mode: number;
}

function tar(files: readonly Named[], time: number): Uint8Array<ArrayBuffer> {
  const archive = createTar(files.map(({ name, data, mode }) => ({
    name,
    data,
    // nanotar takes times in milliseconds.
    attrs: { mode: mode.toString(8), mtime: time * 1000, uid: 0, gid: 0, user: "root", group: "root" },
  })));
  return new Uint8Array(gzipSync(ended(archive), { level: 9 }));
}

/** Two blocks of zeros end an archive, and it fills whole records; nanotar leaves one block where that fits as well. */
function ended(archive: Uint8Array): Uint8Array {
  const whole = new Uint8Array(RECORD * Math.ceil((archive.length + 2 * BLOCK) / RECORD));
  whole.set(archive);
  return whole;
}

const BLOCK = 512;
const RECORD = 20 * BLOCK;

/** Archives of Unix say modes in the upper half of the external attributes. */
const UNIX = 3;

function zip(files: readonly Named[], time: number): Uint8Array<ArrayBuffer> {
  const entries: Record<string, [Uint8Array, ZipOptions]> = {};
  for (const { name, data, mode } of files) {
    entries[name] = [data, { os: UNIX, attrs: (0o100000 | mode) << 16 }];
  }
  return new Uint8Array(zipSync(entries, { level: 9, mtime: asLocal(time) }));
}

/** A zip has times without a zone: the moment whose local time, here, reads as that time does in UTC. */
function asLocal(time: number): Date {
  const utc = new Date(time * 1000);
  return new Date(
    utc.getUTCFullYear(),
    utc.getUTCMonth(),
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
  );
}
