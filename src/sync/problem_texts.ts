/**
 * What `status` says of each problem of the collector, and what can be done about it. Pure.
 *
 * @module
 */

import type { DiscoveryProblem } from "../sources/discover.ts";
import type { ProblemText } from "./problem_board.ts";
import type { WatchCause, WatchFailure } from "./watcher.ts";

/** So many places that can't be searched are named; the others are counted. */
const NAMED = 3;

/** Some places can't be searched: what lies there is missing. */
export function foldersProblem(problems: readonly DiscoveryProblem[]): ProblemText | undefined {
  if (problems.length === 0) return undefined;
  const named = problems.slice(0, NAMED).map(({ path, reason }) => `${path}: ${withoutStop(reason)}`);
  const more = problems.length > NAMED ? [`and ${problems.length - NAMED} more`] : [];
  return {
    message: `Some places can't be searched: ${[...named, ...more].join("; ")}.`,
    hint: "Let this user read them, or rename them where the name is the trouble, " +
      "and run `devlog-collector sync`.",
  };
}

const WATCH_HINTS: Readonly<Record<WatchCause, string>> = {
  "own-limit": "The other watches that the system allows are left to other programs.",
  "system-limit": "Raise the limit of the system " +
    "(on Linux fs.inotify.max_user_watches, or fs.inotify.max_user_instances).",
  "other": "Watching is tried again every few seconds.",
};

/** Some roots can't be watched. */
export function watchProblem(failures: readonly WatchFailure[]): ProblemText | undefined {
  if (failures.length === 0) return undefined;
  const reasons = failures.map(({ root, reason }) => `${root}: ${withoutStop(reason)}`);
  const causes = new Set(failures.map(({ cause }) => cause));
  return {
    message: `Changes are found by looking every few seconds, not at once: ${reasons.join("; ")}.`,
    hint: ["Nothing is lost.", ...[...causes].map((cause) => WATCH_HINTS[cause])].join(" "),
  };
}

/** There is too little room for the store. */
export function diskProblem(trouble: string | undefined): ProblemText | undefined {
  if (trouble === undefined) return undefined;
  return { message: trouble, hint: "Nothing is read until there is more; it goes on by itself then." };
}

/** Collectors ended unexpectedly, several in a row, and this one waits. */
export function crashProblem(count: number, until: number): ProblemText {
  return {
    message: `The collector ended unexpectedly ${count} times in a row.`,
    hint:
      `It goes on at ${
        new Date(until).toISOString()
      }. Its log may say more: \`devlog-collector service status\` ` +
      "shows where that is.",
  };
}

/** The configuration was changed and has a mistake in it. */
export function configProblem(error: unknown): ProblemText {
  return {
    message: error instanceof Error ? error.message : String(error),
    hint: "The configuration from before stays in force until this is mended.",
  };
}

/** The system ends some of its reasons with a full stop. */
function withoutStop(reason: string): string {
  return reason.replace(/\.$/, "");
}
