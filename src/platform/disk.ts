/**
 * Says whether a disk has too little space left to go on writing to it.
 *
 * @module
 */

/** The space of a disk, bytes. */
export interface DiskSpace {
  /** What this user may still use. */
  readonly free: number;
  readonly total: number;
}

/** Less than this is too little … */
const ENOUGH = 2e9;
/** … but on a small disk this part of it is enough. */
const ENOUGH_PART = 0.05;

/** Whether so little is left that nothing more should be written: under 2 GB, and under 5 % of the disk. */
export function isTooLittle({ free, total }: DiskSpace): boolean {
  return free < Math.min(ENOUGH, ENOUGH_PART * total);
}
