/**
 * systemd's manager of a user's services.
 *
 * Sources: systemd.unit(5) (where units of users are), systemd.service(5), systemd.exec(5), systemctl(1).
 *
 * @module
 */

import type { Environment } from "../../platform/environment.ts";
import { joinPath } from "../../platform/paths.ts";
import { REPOSITORY } from "../../platform/program.ts";
import type { Call, ManagedKind, ServiceManager, ServiceSpec, ServiceState } from "./manager.ts";

const UNITS: Readonly<Record<ManagedKind, string>> = {
  service: "devlog-collector.service",
  background: "devlog-collector-background.service",
};

/**
 * The manager of a user whose session has a folder for what runs.
 *
 * @param systemctl its path
 * @param runtimeFolder `XDG_RUNTIME_DIR`: what is there is gone after the user has logged out
 */
export function systemd(
  { os, home, get }: Pick<Environment, "os" | "home" | "get">,
  systemctl: string,
  runtimeFolder: string,
): ServiceManager {
  const settings = get("XDG_CONFIG_HOME") ?? joinPath(os, home, ".config");
  const folders: Readonly<Record<ManagedKind, string>> = { service: settings, background: runtimeFolder };
  const path = (kind: ManagedKind) => joinPath(os, folders[kind], "systemd", "user", UNITS[kind]);
  const call = (...args: readonly string[]): Call => ({ program: systemctl, args: ["--user", ...args] });
  return {
    name: "systemd",
    path,
    define: (spec) => ({ path: path(spec.kind), bytes: new TextEncoder().encode(unitText(spec)) }),
    start: (kind) => [
      call("daemon-reload"),
      ...kind === "service" ? [call("enable", UNITS[kind])] : [],
      // One that had failed too often is begun anew.
      { ...call("reset-failed", UNITS[kind]), mayFail: true },
      call("restart", UNITS[kind]),
    ],
    stop: (kind) => [
      { ...call("stop", UNITS[kind]), mayFail: true },
      ...kind === "service" ? [call("disable", UNITS[kind])] : [],
    ],
    forget: () => [call("daemon-reload")],
    ask: (kind) => call("show", UNITS[kind], "--property=LoadState,ActiveState,SubState,Result,NRestarts"),
    read: (success, answer) => success ? stateOf(answer) : undefined,
    variableHint:
      "Give them to your services: a line NAME=value each in ~/.config/environment.d/devlog.conf " +
      "(mode 0600), then log in anew.",
    installedHint: "It ends when you log out; to have it run all the time: loginctl enable-linger",
  };
}

/** The text of the unit. */
export function unitText({ kind, command, environment }: ServiceSpec): string {
  const variables = Object.entries(environment).map(([name, value]) =>
    `Environment=${quote(`${name}=${value}`)}\n`
  );
  return `[Unit]
Description=History of AI coding agents (devlog-collector)
Documentation=${REPOSITORY}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${commandLine(command)}
${
    variables.join("")
  }# Each thread would have a heap of its own, and glibc would keep in it what is freed, however large it was.
Environment=MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=2097152
Restart=on-failure
RestartSec=5
# A mistake in the configuration, or another collector: to try again would not help.
RestartPreventExitStatus=2 3
TimeoutStopSec=60
OOMPolicy=continue
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
${kind === "service" ? "\n[Install]\nWantedBy=default.target\n" : ""}`;
}

/** A word of a unit: `%` begins a specifier, quotes hold what has blanks (systemd.syntax(7)). */
function quote(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")
    .replaceAll("\n", "\\n");
  return `"${escaped}"`;
}

/** A command line: after the program, `$` begins a variable as well (systemd.service(5)). */
function commandLine([program, ...args]: ServiceSpec["command"]): string {
  return [quote(program), ...args.map((word) => quote(word).replaceAll("$", "$$$$"))].join(" ");
}

function stateOf(answer: string): ServiceState | undefined {
  const facts = new Map(
    answer.split("\n").filter((line) => line.includes("=")).map((line) => {
      const [name, ...value] = line.split("=");
      return [name!, value.join("=")];
    }),
  );
  if (facts.get("LoadState") !== "loaded") return undefined;
  const active = facts.get("ActiveState") ?? "unknown";
  const result = facts.get("Result");
  const restarts = Number(facts.get("NRestarts") ?? 0);
  const detail = [
    active,
    ...result === undefined || result === "success" ? [] : [`(${result})`],
    ...restarts > 0 ? [`restarted ${restarts} ${restarts === 1 ? "time" : "times"}`] : [],
  ];
  return { isRunning: active === "active", detail: detail.join(" ") };
}
