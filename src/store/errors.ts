/**
 * What can be wrong with the store, and which of it an SQLite error means.
 *
 * @module
 */

/** The store was written by a newer version of the program and is left untouched. */
export class StoreTooNewError extends Error {
  override readonly name = "StoreTooNewError";
  constructor(readonly path: string, readonly found: number, readonly known: number) {
    super(
      `${path} was written by a newer version of devlog-collector (schema ${found}; this version knows ${known})` +
        `\nIt was not touched: update devlog-collector.`,
    );
  }
}

/** The store has an older schema and only the collector may bring it up to date. */
export class StoreTooOldError extends Error {
  override readonly name = "StoreTooOldError";
  constructor(readonly path: string, readonly found: number, readonly known: number) {
    super(
      `${path} is of an older version of devlog-collector (schema ${found}; this version needs ${known})` +
        "\nRun `devlog-collector sync` once: it brings the store up to date.",
    );
  }
}

/** There is no store yet. */
export class NoStoreError extends Error {
  override readonly name = "NoStoreError";
  constructor(readonly path: string) {
    super(`there is no store yet at ${path}\nRun \`devlog-collector start\` to make it.`);
  }
}

/** The file at the store's place is another program's. */
export class NotAStoreError extends Error {
  override readonly name = "NotAStoreError";
  constructor(readonly path: string) {
    super(
      `${path} is a database of another program; it was not touched\n` +
        "Set `storage.path` in config.yaml to another folder.",
    );
  }
}

/** The store would lie on a network file system. */
export class NetworkFolderError extends Error {
  override readonly name = "NetworkFolderError";
  constructor(readonly path: string, kind: string) {
    super(
      `${path} lies on a network file system (${kind}); the store would be damaged there\n` +
        "Set `storage.path` in config.yaml to a folder on a local disk.",
    );
  }
}

/** What kind of trouble an error thrown by `node:sqlite` means. */
export type StoreTrouble = "busy" | "full" | "corrupt" | "io" | "other";

/**
 * Classifies an error of `node:sqlite`, which in Deno carries SQLite's text and no code. The texts are those of
 * `sqlite3ErrStr` in SQLite's `main.c`.
 */
export function classifyTrouble(error: unknown): StoreTrouble {
  const message = error instanceof Error ? error.message : String(error);
  if (/database( table)? is locked|database schema is locked/.test(message)) return "busy";
  if (/database or disk is full/.test(message)) return "full";
  if (/disk image is malformed|file is not a database/.test(message)) return "corrupt";
  if (/disk I\/O error|unable to open database file|attempt to write a readonly database/.test(message)) {
    return "io";
  }
  return "other";
}
