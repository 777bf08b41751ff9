/**
 * launchd, the service manager of macOS.
 *
 * Sources: launchd.plist(5), launchctl(1).
 *
 * @module
 */

import { joinPath } from "../../platform/paths.ts";
import type { Call, ManagedKind, ServiceManager, ServiceSpec } from "./manager.ts";
import { escapeXml } from "./xml.ts";

const LABELS: Readonly<Record<ManagedKind, string>> = {
  service: "dev.devlog.collector",
  background: "dev.devlog.collector.background",
};

/** What launchd needs to know of a user. */
export interface LaunchdUser {
  readonly uid: number;
  readonly home: string;
  /** The folder of the program: what is there is not started at login. */
  readonly devlogHome: string;
  /** What is written to stderr, by Deno too, is kept here. */
  readonly errorLog: string;
}

/** The manager of a user. */
export function launchd(launchctl: string, user: LaunchdUser): ServiceManager {
  const domain = `gui/${user.uid}`;
  const path = (kind: ManagedKind) =>
    kind === "service"
      ? joinPath("darwin", user.home, "Library", "LaunchAgents", `${LABELS[kind]}.plist`)
      : joinPath("darwin", user.devlogHome, `${LABELS[kind]}.plist`);
  const call = (...args: readonly string[]): Call => ({ program: launchctl, args });
  const out = (kind: ManagedKind): Call => ({
    ...call("bootout", `${domain}/${LABELS[kind]}`),
    mayFail: true,
  });
  return {
    name: "launchd",
    path,
    define: (spec) => ({
      path: path(spec.kind),
      bytes: new TextEncoder().encode(plistText(spec, user.errorLog)),
    }),
    start: (kind) => [
      out(kind),
      { ...call("enable", `${domain}/${LABELS[kind]}`), mayFail: true },
      call("bootstrap", domain, path(kind)),
    ],
    stop: (kind) => [out(kind)],
    forget: () => [],
    ask: (kind) => call("print", `${domain}/${LABELS[kind]}`),
    read: (success, answer) => {
      if (!success) return undefined;
      const state = /^\s*state = (.+)$/m.exec(answer)?.[1];
      return { isRunning: state === "running", ...(state !== undefined && { detail: state }) };
    },
    variableHint: "Give them to your services: launchctl setenv NAME value, at each login.",
  };
}

/** The text of the property list. */
export function plistText({ kind, command, environment }: ServiceSpec, errorLog: string): string {
  const variables = Object.entries(environment).map(([name, value]) =>
    `    <key>${escapeXml(name)}</key>\n    <string>${escapeXml(value)}</string>\n`
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABELS[kind]}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${escapeXml(word)}</string>\n`).join("")}  </array>
${
    variables.length === 0
      ? ""
      : `  <key>EnvironmentVariables</key>\n  <dict>\n${variables.join("")}  </dict>\n`
  }  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>60</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>LowPriorityIO</key>
  <true/>
  <key>Nice</key>
  <integer>10</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>/dev/null</string>
  <key>StandardErrorPath</key>
  <string>${escapeXml(errorLog)}</string>
</dict>
</plist>
`;
}
