/**
 * The signals that ask the program to end.
 *
 * @module
 */

import type { Os } from "./environment.ts";

/**
 * All that a system sends: Ctrl-C, a terminal that goes away, a service manager, the end of a session. On Windows Deno
 * takes the console's events for signals: Ctrl-C and Ctrl-Break, SIGHUP when the console is closed, SIGTERM where it is
 * told to end; after SIGHUP the system grants some seconds
 * (https://docs.deno.com/examples/os_signals_tutorial/, since Deno 2.7.6).
 */
export function endSignals(os: Os): readonly Deno.Signal[] {
  return os === "windows" ? ["SIGINT", "SIGBREAK", "SIGHUP", "SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP"];
}
