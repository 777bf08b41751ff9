/**
 * Compares filters of workspaces without matching anything: whoever only compares has no use for globs.
 *
 * @module
 */

import type { WorkspaceFilter } from "../config/config.ts";

/** Stands in place of a filter, as a text, for a source of which nothing is told, because another one tells the same. */
export const SILENT = "silent";

/** A filter as a text that is compared; empty for one that wants all. */
export function filterText({ include, exclude }: WorkspaceFilter): string {
  if (include.length === 0 && exclude.length === 0) return "";
  const sorted = (globs: readonly string[]) => [...new Set(globs)].sort();
  return JSON.stringify({ include: sorted(include), exclude: sorted(exclude) });
}

/** Whether surely all that `wanted` wants is wanted by `stored` too; both are of {@link filterText}. */
export function covers(stored: string, wanted: string): boolean {
  if (stored === "" || stored === wanted) return true;
  if (wanted === "") return false;
  const [had, wants] = [JSON.parse(stored), JSON.parse(wanted)] as [WorkspaceFilter, WorkspaceFilter];
  const isNarrower = had.include.length === 0 ||
    (wants.include.length > 0 && wants.include.every((glob) => had.include.includes(glob)));
  return isNarrower && had.exclude.every((glob) => wants.exclude.includes(glob));
}
