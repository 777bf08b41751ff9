/**
 * Makes known sources for tests.
 *
 * @module
 */

import { claudeCode } from "../../src/agents/claude_code.ts";
import type { FileStamp } from "../../src/sources/stamp.ts";
import type { CatalogSource } from "../../src/sync/catalog.ts";

/** A moment that files of tests were last written at, ms since the epoch. */
export const WRITTEN = 1_800_000_000_000;

/** The stamp of a file that was written then. */
export const STAMP: FileStamp = {
  device: 1,
  inode: 7,
  birth: null,
  size: 100,
  mtime: WRITTEN,
  ctime: WRITTEN,
};

/** A source that was read whole, a minute after it was written; with other values where a test needs them. */
export function knownSource(values: Partial<CatalogSource> = {}): CatalogSource {
  return {
    id: 1,
    agent: claudeCode.id,
    root: "/root",
    twin: "p/s.jsonl",
    path: "/root/p/s.jsonl",
    relativePath: "p/s.jsonl",
    format: "jsonl",
    rank: 0,
    stamp: STAMP,
    readAt: WRITTEN + 60_000,
    cursor: { offset: 100, headLength: 100, headHash: 1, tailHash: 2 },
    adapterVersion: claudeCode.adapterVersion,
    rereading: 0,
    collectedFrom: 0,
    collectedFilter: "",
    leftOut: 0,
    events: 3,
    unread: 0,
    attempts: 0,
    status: "synced",
    gone: false,
    ...values,
  };
}
