/**
 * What ten times the history costs.
 *
 * @module
 */

import type { Measurement } from "../bench.ts";
import { formatSize } from "../size.ts";
import { measureFirstSync, MEMORY_BAR } from "./first_sync.ts";

/** From this size on the ten times smaller history is what it is compared with, not the ten times larger one. */
const LARGE = 1e9;

/** How much more than ten times as long ten times as much may take, and how much more memory. */
const LINEAR = 1.1;
const FLAT = 1.15;

/** `growth`: time and memory of a first sync beside those of one a tenth of its size. */
export const growth: Measurement = {
  name: "growth",
  async *measure(bench) {
    const { bytes, runs } = bench.options;
    const [smallBytes, largeBytes] = bytes < LARGE ? [bytes, bytes * 10] : [bytes / 10, bytes];
    const small = bench.home("large", smallBytes);
    const smallSync = await measureFirstSync(bench, small, runs);
    const large = bench.home("large", largeBytes);
    const largeSync = await measureFirstSync(bench, large, 1);
    const what = `${formatSize(small.bytes)} to ${formatSize(large.bytes)}`;
    yield {
      what: `${what}: time per byte`,
      value: largeSync.seconds / smallSync.seconds / (large.bytes / small.bytes),
      unit: "×",
      bar: { atMost: LINEAR },
      note: `${smallSync.seconds.toFixed(2)} s, ${largeSync.seconds.toFixed(2)} s`,
    };
    yield {
      what: `${what}: peak memory`,
      value: largeSync.peak / smallSync.peak,
      unit: "×",
      bar: { atMost: FLAT },
      note: `${smallSync.peak.toFixed(0)} MB, ${largeSync.peak.toFixed(0)} MB`,
    };
    yield {
      what: `first sync, ${formatSize(large.bytes)}: peak memory`,
      value: largeSync.peak,
      unit: "MB",
      bar: { atMost: MEMORY_BAR },
    };
    if (largeBytes !== bytes) await bench.discardHome(large);
  },
};
