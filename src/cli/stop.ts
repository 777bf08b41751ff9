/**
 * `stop`: ends the running collector cleanly.
 *
 * @module
 */

import type { StoragePaths } from "../config/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import { isCollectorRunning } from "../service/lock.ts";
import { CollectorRequest } from "../service/request.ts";
import type { Command, Invocation } from "./command.ts";
import { EXIT, UserError } from "./errors.ts";
import { findStore } from "./open_store.ts";

/** How long a collector may take to end, and how often to look, ms. */
const STOP_TIME = 30_000;
const LOOK_EVERY = 50;

/** The command. */
export const command: Command = {
  name: "stop",
  summary: "Stop the running collector",
  usage: "stop",
  options: [],
  examples: [{ command: `${PROGRAM} stop`, description: "End it; what has been read is stored first" }],
  run,
};

async function run({ environment, terminal }: Invocation): Promise<number> {
  const paths = await findStore(environment, terminal);
  if (!isCollectorRunning(paths.lock)) {
    terminal.out("no collector is running\n");
    return EXIT.done;
  }
  await stopCollector(paths);
  terminal.out("stopped\n");
  return EXIT.done;
}

/**
 * Ends the collector that runs: asks it, and waits until it is gone.
 *
 * @throws {UserError} if it does not end in time
 */
export async function stopCollector(paths: Pick<StoragePaths, "lock" | "database">): Promise<void> {
  let request = new CollectorRequest(paths.database, "stop");
  const deadline = performance.now() + STOP_TIME;
  while (isCollectorRunning(paths.lock)) {
    if (performance.now() > deadline) {
      throw new UserError(`the collector did not end within ${STOP_TIME / 1000} seconds`, {
        hint: "See `devlog-collector status` for its process; ending that process loses nothing.",
      });
    }
    if (request.poll(Date.now())?.state === "failed") request = new CollectorRequest(paths.database, "stop");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}
