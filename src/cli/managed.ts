/**
 * Starts a collector that outlives the command which starts it, and waits until it runs.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { devlogHome, logPath, type StoragePaths, storagePaths } from "../config/paths.ts";
import { variablesOf } from "../config/secrets.ts";
import { type Environment, readSecret, SERVICE_NAMES } from "../platform/environment.ts";
import { ITSELF } from "../platform/system_programs.ts";
import { type CollectorInfo, collectorInfo, isCollectorRunning } from "../service/lock.ts";
import type { ManagedKind, ServiceManager } from "../service/managers/manager.ts";
import { ownCommand, running, sourceArguments } from "../service/own_command.ts";
import { findManager, Service, serviceFolders } from "../service/service.ts";
import { UserError } from "./errors.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";

/** How long a collector may take to say that it runs, and how often to look, ms. */
const START_TIME = 30_000;
const LOOK_EVERY = 50;

/** What is known before a collector is started. */
export interface ManagedSetting {
  readonly environment: Environment;
  readonly config: Config;
  readonly paths: StoragePaths;
  readonly log: string;
  /** The manager, or why there is none. */
  readonly manager: ServiceManager | { readonly missing: string };
}

/**
 * Looks at what there is.
 *
 * @throws {ConfigError} if the configuration has a mistake: better here than in a log
 */
export async function readSetting(environment: Environment, terminal: Terminal): Promise<ManagedSetting> {
  const { config, notes } = await loadConfig(undefined, environment);
  for (const note of notes) terminal.err(`${sanitize(note)}\n`);
  const home = devlogHome(environment);
  return {
    environment,
    config,
    paths: storagePaths(config, environment),
    log: logPath(environment),
    manager: await findManager(environment, serviceFolders(environment, home)),
  };
}

/** Whether there is a manager. */
export function isManager(manager: ManagedSetting["manager"]): manager is ServiceManager {
  return !("missing" in manager);
}

/**
 * Has a collector started, by the manager or, where there is none on Linux, as a process of its own.
 *
 * @param args of `start`
 * @throws {UserError} if it does not run in time, or can't be started
 */
export async function startManaged(
  setting: ManagedSetting,
  kind: ManagedKind,
  args: readonly string[],
  terminal: Terminal,
): Promise<CollectorInfo> {
  const { environment, manager, paths, log } = setting;
  const before = collectorInfo(paths.collector);
  const words = ["start", "--managed", kind, ...args];
  if (isManager(manager)) {
    const { variables, unset } = variablesFor(setting);
    for (const name of unset) {
      terminal.err(
        `${name} is not set here, but config.yaml refers to it: its remote will wait. ${manager.variableHint}\n`,
      );
    }
    const command = ownCommand(running(), environment);
    await new Service(manager, kind).start({ command: [...command, ...words], environment: variables });
  } else if (environment.os === "linux" && kind === "background") {
    spawnDetached(words);
  } else {
    throw new UserError(`there is no service manager to ask: ${manager.missing}`, {
      hint:
        "`devlog-collector start` runs it in a terminal, `devlog-collector start --background` without one.",
    });
  }
  return await untilRunning(paths, before, log);
}

/** The variables that a collector needs and would not have when a manager starts it, and those that are not set here. */
function variablesFor({ environment, config }: ManagedSetting) {
  const secrets = variablesOf(config);
  const values = [
    ...SERVICE_NAMES.map((name) => [name, environment.get(name)] as const),
    ...secrets.map((name) => [name, readSecret(name)] as const),
  ];
  const set = values.filter((entry): entry is [typeof entry[0], string] => entry[1] !== undefined);
  return {
    variables: Object.fromEntries(set),
    unset: secrets.filter((name) => readSecret(name) === undefined),
  };
}

/** Starts this program once more, in a session of its own, which closing the terminal does not end. */
function spawnDetached(words: readonly string[]): void {
  const { isStandalone, mainModule } = running();
  const args = [...isStandalone ? [] : sourceArguments(mainModule, "linux"), ...words];
  new Deno.Command(ITSELF, {
    args,
    cwd: "/",
    detached: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn().unref();
}

async function untilRunning(
  paths: StoragePaths,
  before: CollectorInfo | undefined,
  log: string,
): Promise<CollectorInfo> {
  const deadline = performance.now() + START_TIME;
  while (performance.now() < deadline) {
    const info = collectorInfo(paths.collector);
    const isNew = info !== undefined && (info.pid !== before?.pid || info.startedAt !== before.startedAt);
    if (isNew && isCollectorRunning(paths.lock)) return info;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  throw new UserError(`the collector did not say within ${START_TIME / 1000} seconds that it runs`, {
    hint: `See ${log} for why.`,
  });
}
