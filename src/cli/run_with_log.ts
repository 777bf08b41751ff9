/**
 * Runs a collector for a service manager: nobody watches it, so it writes into a log.
 *
 * @module
 */

import { dirname } from "node:path";
import { logPath } from "../config/paths.ts";
import type { Os } from "../platform/environment.ts";
import { VERSION } from "../platform/program.ts";
import { LogFile } from "../service/log_file.ts";
import type { Invocation } from "./command.ts";
import { describeError, EXIT, reportError } from "./errors.ts";
import { runCollector, type RunOptions } from "./run_collector.ts";
import { sanitize } from "./sanitize.ts";

/** Runs it; how it begins and ends is in the log as well. Returns the exit code that its manager should see. */
export async function runWithLog(
  invocation: Invocation,
  options: Omit<RunOptions, "log">,
): Promise<number> {
  const { environment, terminal } = invocation;
  const path = logPath(environment);
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const log = new LogFile(path, { level: "info" });
  log.write("info", `version ${VERSION} starts (process ${Deno.pid}, ${options.startedBy})`);
  try {
    const code = await runCollector(invocation, { ...options, log });
    log.write("info", "ends");
    return code;
  } catch (error) {
    const { message, hint } = describeError(error);
    const text = hint === undefined ? message : `${message}\n${hint}`;
    log.write("error", sanitize(text, { lines: true }));
    return exitCodeFor(environment.os, reportError(error, terminal));
  }
}

/**
 * launchd and the Task Scheduler start again whatever failed, without end. Where that can't help (a mistake in the
 * configuration, another collector) they are told that all is well; systemd knows these codes from its unit.
 */
function exitCodeFor(os: Os, code: number): number {
  const cantHelp = code === EXIT.wrongUsage || code === EXIT.anotherCollector;
  return cantHelp && os !== "linux" ? EXIT.done : code;
}
