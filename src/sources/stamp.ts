/**
 * What the file system says of a file: enough to tell one file from another and a changed one from an unchanged one.
 *
 * @module
 */

/** The stat of a file, reduced to what identifies it and shows a change. */
export interface FileStamp {
  readonly device: number;
  /** Rounded where it exceeds 2^53 (Windows, some overlays); 0 where the file system has none. */
  readonly inode: number;
  /** When the file was made, in ms since the epoch, where the file system tells. */
  readonly birth: number | null;
  /** Bytes. */
  readonly size: number;
  /** Ms since the epoch. */
  readonly mtime: number;
  /** Ms since the epoch; Deno gives whole seconds, on Windows none. */
  readonly ctime: number | null;
}

/** How long after its last change a file can still change again without a new mtime or ctime, in ms. */
export const TIME_GRAIN = 2000;

/** Reduces a stat to a stamp. */
export function stampOf(info: Deno.FileInfo): FileStamp {
  return {
    device: info.dev,
    inode: info.ino ?? 0,
    birth: info.birthtime?.getTime() ?? null,
    size: info.size,
    mtime: info.mtime?.getTime() ?? 0,
    ctime: info.ctime?.getTime() ?? null,
  };
}

/** The stamp of a regular file; `undefined` for anything else. Links are not followed. */
export function stampAt(path: string): FileStamp | undefined {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? stampOf(info) : undefined;
  } catch {
    // Whether it is gone or can't be looked at is asked by whoever needs to know.
    return undefined;
  }
}

/** The stamp of a database with that of its log, where changes go first. */
export function withLog(stamp: FileStamp, log: FileStamp | undefined): FileStamp {
  if (log === undefined) return stamp;
  return {
    ...stamp,
    size: stamp.size + log.size,
    mtime: Math.max(stamp.mtime, log.mtime),
    ctime: stamp.ctime === null || log.ctime === null ? null : Math.max(stamp.ctime, log.ctime),
  };
}

/** The stamp of a source of a format; `undefined` if there is no regular file. */
export function stampOfSource(path: string, format: string): FileStamp | undefined {
  const stamp = stampAt(path);
  return stamp === undefined || format !== "database" ? stamp : withLog(stamp, stampAt(`${path}-wal`));
}

/**
 * Whether two stamps are of one file, also after a rename.
 *
 * The time of birth is compared where both know it: inode numbers are reused at once (ext4) and are rounded where they
 * exceed 2^53. A `true` still says nothing of the content.
 */
export function sameFile(a: FileStamp, b: FileStamp): boolean {
  if (a.inode === 0 || a.device !== b.device || a.inode !== b.inode) return false;
  return a.birth === null || b.birth === null || a.birth === b.birth;
}

/** Whether a file looks as it did. A `true` says little as long as its last change is not {@link TIME_GRAIN} ago. */
export function looksAlike(known: FileStamp, now: FileStamp): boolean {
  return known.device === now.device && known.inode === now.inode && known.birth === now.birth &&
    known.size === now.size && known.mtime === now.mtime && known.ctime === now.ctime;
}

/**
 * Whether a file that was read need not be opened again.
 *
 * @param known the stamp it had when it was read
 * @param readAt when that was, in ms since the epoch
 * @param now its stamp now
 */
export function isUnchanged(known: FileStamp, readAt: number, now: FileStamp): boolean {
  return looksAlike(known, now) && readAt > Math.max(now.mtime, now.ctime ?? 0) + TIME_GRAIN;
}
