/**
 * `service`: has the system start the collector at each login.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import { collectorInfo, isCollectorRunning } from "../service/lock.ts";
import type { ServiceManager } from "../service/managers/manager.ts";
import { Service } from "../service/service.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT, UserError } from "./errors.ts";
import { jsonText } from "./json_text.ts";
import { isManager, type ManagedSetting, readSetting, startManaged } from "./managed.ts";
import { sanitize } from "./sanitize.ts";
import { stopCollector } from "./stop.ts";
import type { Terminal } from "./terminal.ts";

const ACTIONS = ["install", "uninstall", "status"] as const;

/** The command. */
export const command: Command = {
  name: "service",
  summary: "Start the collector at each login, or no longer",
  usage: "service install|uninstall|status [OPTIONS]",
  positionals: [{ name: "ACTION", description: "What to do", choices: ACTIONS }],
  options: [FORMAT_OPTION],
  examples: [
    { command: `${PROGRAM} service install`, description: "Start it now and at each login" },
    { command: `${PROGRAM} service status`, description: "Is it installed, does it run, where is its log" },
    { command: `${PROGRAM} service uninstall`, description: "Stop it and start it no more; the store stays" },
  ],
  async run(invocation) {
    const setting = await readSetting(invocation.environment, invocation.terminal);
    switch (invocation.positionals[0] as typeof ACTIONS[number]) {
      case "install":
        return await install(setting, invocation.terminal);
      case "uninstall":
        return await uninstall(setting, invocation.terminal);
      case "status":
        return await showStatus(setting, invocation);
    }
  },
};

async function install(setting: ManagedSetting, terminal: Terminal): Promise<number> {
  const { paths, log } = setting;
  const manager = requireManager(setting);
  if (isCollectorRunning(paths.lock)) {
    await stopCollector(paths);
    terminal.out("stopped the collector that was running\n");
  }
  const { pid } = await startManaged(setting, "service", [], terminal);
  terminal.out(
    `installed with ${manager.name}: ${sanitize(manager.path("service"))}\n` +
      `running (process ${pid}), and from now on after each login; its log is ${sanitize(log)}\n` +
      (manager.installedHint === undefined ? "" : `${manager.installedHint}\n`),
  );
  return EXIT.done;
}

async function uninstall(setting: ManagedSetting, terminal: Terminal): Promise<number> {
  const { paths } = setting;
  const service = new Service(requireManager(setting), "service");
  if (!service.isInstalled) {
    terminal.out("the service is not installed\n");
    return EXIT.done;
  }
  const isOurs = collectorInfo(paths.collector)?.startedBy === "service";
  if (isOurs && isCollectorRunning(paths.lock)) await stopCollector(paths);
  await service.remove();
  terminal.out("uninstalled; the store and the configuration are still there\n");
  return EXIT.done;
}

/** What `service status --format json` prints. */
export interface ServiceFacts {
  /** The service manager; `null` where there is none. */
  readonly manager: string | null;
  readonly installed: boolean;
  /** Whether the collector that runs is the service's. */
  readonly running: boolean;
  /** In the manager's words. */
  readonly state: string | null;
  /** Where the manager's definition is, or would be. */
  readonly path: string | null;
  /** The log of a collector that runs without a terminal. */
  readonly log: string;
}

async function showStatus(setting: ManagedSetting, { options, terminal }: Invocation): Promise<number> {
  const { manager, log, paths } = setting;
  const service = isManager(manager) ? new Service(manager, "service") : undefined;
  const state = service?.isInstalled ? await service.state() : undefined;
  const facts: ServiceFacts = {
    manager: isManager(manager) ? manager.name : null,
    installed: service?.isInstalled ?? false,
    running: isCollectorRunning(paths.lock) && collectorInfo(paths.collector)?.startedBy === "service",
    state: state?.detail ?? null,
    path: service?.path ?? null,
    log,
  };
  if (options.text("format") === "json") {
    terminal.out(`${jsonText(facts)}\n`);
    return EXIT.done;
  }
  const { green, yellow } = terminal.colour;
  const lines = isManager(manager)
    ? [
      facts.installed
        ? `${green("installed")} with ${manager.name}: ${sanitize(facts.path!)}`
        : `${yellow("not installed")}; install it: ${PROGRAM} service install`,
      ...facts.installed
        ? [
          `${facts.running ? green("running") : yellow("not running")}${
            facts.state === null ? "" : `; ${manager.name} says: ${sanitize(facts.state)}`
          }`,
        ]
        : [],
    ]
    : [yellow(`no service manager: ${manager.missing}`)];
  terminal.out(`${lines.join("\n")}\nlog: ${sanitize(log)}\n`);
  return EXIT.done;
}

function requireManager({ manager }: ManagedSetting): ServiceManager {
  if (isManager(manager)) return manager;
  throw new UserError(`there is no service manager to ask: ${manager.missing}`, {
    hint: `\`${PROGRAM} start --background\` runs it until the machine is switched off.`,
  });
}
