/**
 * Looks now and then whether the disk of the store has room left.
 *
 * @module
 */

import { type DiskSpace, isTooLittle } from "../platform/disk.ts";

/** How often the free space is asked for, ms. */
const EVERY = 10_000;

/** What the guard looks at. */
export interface DiskGuardOptions {
  /** Why too little is free, `undefined` if there is enough. */
  readonly ask: () => Promise<string | undefined>;
  /** @default {10_000} ms */
  readonly every?: number;
}

/** Guards the disk. */
export class DiskGuard {
  readonly #options: DiskGuardOptions;
  #next = 0;
  /** `writes` when it was last asked. */
  #writes = -1;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
  }

  /**
   * Whether to ask now. Where nothing was written nothing has become less, and the threads, which know, should end.
   *
   * @param now ms since the epoch
   * @param writes how often something was written so far
   * @param isHeld there was too little when it was last asked
   */
  isDue(now: number, writes: number, isHeld: boolean): boolean {
    return now >= this.#next && (writes !== this.#writes || isHeld);
  }

  /** Asks now. Returns why too little is free, `undefined` if there is enough. */
  async check(now: number, writes: number): Promise<string | undefined> {
    this.#next = now + (this.#options.every ?? EVERY);
    this.#writes = writes;
    return await this.#options.ask();
  }
}

/** Why so much space is too little, `undefined` if it is enough. */
export function diskTrouble(space: DiskSpace): string | undefined {
  if (!isTooLittle(space)) return undefined;
  return `Only ${Math.floor(space.free / 1e6)} MB are free on the disk of the store.`;
}
