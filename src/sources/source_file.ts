/**
 * The file of a source, opened so that what was checked is what is read.
 *
 * @module
 */

import { THIS_OS } from "../platform/environment.ts";
import { partsBelow } from "../platform/paths.ts";
import { sourceErrorOf, SourceRefusedError } from "./source_errors.ts";
import { type FileStamp, sameFile, stampOf } from "./stamp.ts";

/** An open file, read up to the size that it had when it was opened. */
export class SourceFile {
  readonly #file: Deno.FsFile;
  #position = 0;
  #bytesRead = 0;
  #closed = false;
  readonly path: string;
  /** Its stat, taken after it was opened and before it is read. */
  readonly stamp: FileStamp;

  /**
   * Opens a regular file that lies under a root, for reading.
   *
   * It is looked at first, because opening a pipe would wait for its writer; then opened; then the opened file must be
   * the one that stands at its real path, and that path must lie under the root. So a link that is put in its way at
   * any moment is refused.
   *
   * @param path the file
   * @param realRoot a folder, with all links resolved
   * @throws {SourceGoneError} if there is no such file
   * @throws {SourceRefusedError} if it may not be read
   * @throws {SourceBusyError} if it can't be read now
   */
  static open(path: string, realRoot: string): SourceFile {
    return explain(path, () => {
      const before = Deno.lstatSync(path);
      if (before.isSymlink) throw new SourceRefusedError(path, "link");
      if (!before.isFile) throw new SourceRefusedError(path, "not_regular");
      const file = Deno.openSync(path);
      try {
        const stamp = stampOf(file.statSync());
        const realPath = Deno.realPathSync(path);
        if (!liesUnder(realPath, realRoot)) throw new SourceRefusedError(path, "outside_root");
        const real = stampOf(Deno.lstatSync(realPath));
        // Where the file system numbers no files, the path is all there is to compare.
        if (stamp.inode !== 0 && !(sameFile(stamp, stampOf(before)) && sameFile(stamp, real))) {
          throw new SourceRefusedError(path, "changed");
        }
        return new SourceFile(path, file, stamp);
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  private constructor(path: string, file: Deno.FsFile, stamp: FileStamp) {
    this.path = path;
    this.#file = file;
    this.stamp = stamp;
  }

  /** Whether all has been read that was there when the file was opened. */
  get atEnd(): boolean {
    return this.#position >= this.stamp.size;
  }

  /** How many bytes have been read, in all. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Goes to a place. */
  seek(position: number): void {
    explain(this.path, () => this.#file.seekSync(position, Deno.SeekMode.Start));
    this.#position = position;
  }

  /**
   * Fills the front of an array with the bytes that follow.
   *
   * @returns how many; 0 at the end, which is also where the file was cut in the meantime
   * @throws {SourceBusyError} if they can't be read
   */
  read(into: Uint8Array): number {
    const wanted = into.subarray(0, Math.max(0, this.stamp.size - this.#position));
    const count = wanted.length === 0 ? 0 : explain(this.path, () => this.#file.readSync(wanted)) ?? 0;
    this.#bytesRead += count;
    this.#position = count === 0 ? this.stamp.size : this.#position + count;
    return count;
  }

  /** Reads `length` bytes at a place; fewer if the file ends before that. */
  readAt(position: number, length: number): Uint8Array {
    if (position !== this.#position) this.seek(position);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = this.read(bytes.subarray(filled));
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** Closes the file. It may be called again. */
  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

/** Runs what touches a file, and turns the system's errors into those of a source. */
function explain<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw sourceErrorOf(path, cause);
  }
}

/** Whether a path lies below a folder; both without links. */
export function liesUnder(path: string, folder: string): boolean {
  return (partsBelow(path, folder, THIS_OS)?.length ?? 0) > 0;
}
