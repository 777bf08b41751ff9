/**
 * The database of another program, read without it: no lock is taken, nothing is written or made beside it, and the
 * program sees nothing of it. That is why its pages are read here and not through SQLite, which must lock a database, may
 * make `-shm` and `-wal` beside it, and holds up a writer that waits for nobody.
 *
 * What was read is checked afterwards. With a log (`-wal`), a page of the database itself changes only when something is
 * copied to it that was committed to the log before; so as long as the log goes on from where it was, what it holds more
 * names every page that can have changed meanwhile. With a rollback journal, the database changes only while the journal
 * is there, and its times and its counter change with it.
 *
 * @module
 */

import { type FileStamp, sameFile, stampAt, withLog } from "../stamp.ts";
import { SourceBusyError, SourceGoneError, SourceRefusedError } from "../source_errors.ts";
import { SourceFile } from "../source_file.ts";
import { DatabaseFormatError, type DatabaseHeader, HEADER_LENGTH, parseHeader, uint32 } from "./format.ts";
import { View } from "./view.ts";
import { Wal, type WalPosition } from "./wal.ts";

/** Pages that are kept, bytes. */
const CACHE = 2 << 20;
/** A change leaves a trace in the times of a file only if the one before is so old, ms: what a tick of a system takes. */
const TICK = 25;
const JOURNAL_MAGIC = 0xd9d505f9;

/** Where a database stood when it was read. */
export interface DatabasePosition {
  /** In its log; `null` if it had none. */
  readonly log: WalPosition | null;
  /** Bytes of the database itself, and when it changed last, ms since the epoch. */
  readonly size: number;
  readonly mtime: number;
}

/** An open database. */
export class DatabaseFile implements Disposable {
  readonly #path: string;
  readonly #realRoot: string;
  #main: SourceFile;
  #header: DatabaseHeader | undefined;
  #wal: Wal | undefined;
  #log: SourceFile | undefined;
  #cache = new Map<number, Uint8Array>();
  /** Pages that were read from the database itself since the last check. */
  readonly #read = new Set<number>();
  #bytesRead = 0;

  /**
   * Opens it.
   *
   * @param realRoot a folder that it must lie under, with all links resolved
   * @throws {SourceError} as `SourceFile.open()` does
   */
  static open(path: string, realRoot: string): DatabaseFile {
    return new DatabaseFile(path, realRoot, SourceFile.open(path, realRoot));
  }

  private constructor(path: string, realRoot: string, main: SourceFile) {
    this.#path = path;
    this.#realRoot = realRoot;
    this.#main = main;
    this.stamp = withLog(main.stamp, stampAt(`${path}-wal`));
  }

  /** The stat of the database and its log, as they were when it was opened. */
  readonly stamp: FileStamp;

  /** How many bytes have been read. */
  get bytesRead(): number {
    return this.#bytesRead + this.#main.bytesRead + (this.#log?.bytesRead ?? 0);
  }

  /** Where it stands: what changes after that can be told by it, as a rule. */
  get position(): DatabasePosition {
    const { size, mtime } = this.#main.stamp;
    return { log: this.#wal?.position ?? null, size, mtime };
  }

  /** The pages that changed since it stood there, `undefined` if that can't be told. */
  changedSince({ log, size, mtime }: DatabasePosition): ReadonlySet<number> | undefined {
    const isUntouched = size === this.#main.stamp.size && mtime === this.#main.stamp.mtime;
    if (this.#wal === undefined) return log === null && isUntouched ? new Set() : undefined;
    if (log !== null) return this.#wal.changedSince(log, this.#log!);
    // There was no log, and nothing was copied since: all of this one is new.
    return isUntouched ? this.#wal.pages : undefined;
  }

  /**
   * A view of what is committed now. It is true of what was read through it when `isUnchanged()` says so afterwards.
   * `undefined`: it is empty.
   *
   * @throws {SourceBusyError} if it is being changed at the moment
   * @throws {DatabaseFormatError} if it is none that can be read
   */
  view(): View | undefined {
    this.close();
    this.#main = SourceFile.open(this.#path, this.#realRoot);
    this.#read.clear();
    this.#cache.clear();
    const bytes = this.#main.readAt(0, HEADER_LENGTH);
    if (bytes.length === 0) return undefined;
    const header = this.#header = parseHeader(bytes);
    this.#log = header.hasLog ? this.#openBeside("-wal") : undefined;
    this.#wal = this.#log === undefined ? undefined : this.#readLog(this.#log, header.pageSize);
    // Without a log all hangs on the times of the database itself.
    if (this.#wal === undefined) this.#awaitRest();
    return new View({ usable: header.usable, page: (number) => this.#page(number) });
  }

  /** Whether all that was read since `view()` belongs to one state of the database. */
  isUnchanged(): boolean {
    if (!this.#isSame()) return false;
    // It was so then, whatever changes later.
    this.#read.clear();
    return true;
  }

  #isSame(): boolean {
    try {
      return this.#header === undefined || (this.#header.hasLog ? this.#isSameLog() : this.#isSameMain());
    } catch (error) {
      if (error instanceof SourceGoneError || error instanceof SourceBusyError) return false;
      throw error;
    }
  }

  /** Closes it. It may be called again. */
  close(): void {
    this.#bytesRead += this.#main.bytesRead + (this.#log?.bytesRead ?? 0);
    this.#main.close();
    this.#log?.close();
    this.#log = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #readLog(file: SourceFile, pageSize: number): Wal | undefined {
    const wal = this.#wal?.isSame(file) === true ? this.#wal : Wal.of(file, pageSize);
    wal?.readOn(file);
    return wal;
  }

  #awaitRest(): void {
    if (this.#hasJournal()) {
      throw new SourceBusyError(this.#path, { cause: new Error("it is being changed") });
    }
    const wait = this.#main.stamp.mtime + TICK - Date.now();
    if (wait > 0 && wait <= TICK) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
  }

  #hasJournal(): boolean {
    const file = this.#openBeside("-journal");
    if (file === undefined) return false;
    const magic = file.readAt(0, 4);
    file.close();
    return magic.length === 4 && uint32(magic, 0) === JOURNAL_MAGIC;
  }

  #isSameLog(): boolean {
    const file = this.#openBeside("-wal");
    if (this.#wal === undefined) {
      const hasBegun = file !== undefined && Wal.of(file, this.#header!.pageSize) !== undefined;
      file?.close();
      return !hasBegun && this.#isSameMain();
    }
    if (file === undefined) return false;
    try {
      if (!this.#wal.isSame(file)) return false;
      for (const page of this.#wal.committedSince(file)) if (this.#read.has(page)) return false;
      return true;
    } finally {
      file.close();
    }
  }

  #isSameMain(): boolean {
    const now = SourceFile.open(this.#path, this.#realRoot);
    try {
      const { stamp } = this.#main;
      const header = parseHeader(now.readAt(0, HEADER_LENGTH));
      return (stamp.inode === 0 || sameFile(stamp, now.stamp)) && stamp.size === now.stamp.size &&
        stamp.mtime === now.stamp.mtime && header.changes === this.#header!.changes &&
        header.hasLog === this.#header!.hasLog && !this.#hasJournal();
    } finally {
      now.close();
    }
  }

  #openBeside(suffix: string): SourceFile | undefined {
    try {
      return SourceFile.open(this.#path + suffix, this.#realRoot);
    } catch (error) {
      if (error instanceof SourceGoneError) return undefined;
      // It comes and goes with each change.
      if (error instanceof SourceRefusedError && error.reason === "changed") {
        throw new SourceBusyError(this.#path, { cause: error });
      }
      throw error;
    }
  }

  #page(number: number): Uint8Array {
    const known = this.#cache.get(number);
    if (known !== undefined) return known;
    const { pageSize } = this.#header!;
    const place = this.#wal?.placeOf(number);
    if (place === undefined) this.#read.add(number);
    const bytes = place === undefined
      ? this.#main.readAt(Math.max(0, number - 1) * pageSize, pageSize)
      : this.#log!.readAt(place, pageSize);
    if (number < 1 || bytes.length < pageSize) throw new DatabaseFormatError(`there is no page ${number}`);
    if (this.#cache.size * pageSize >= CACHE) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(number, bytes);
    return bytes;
  }
}
