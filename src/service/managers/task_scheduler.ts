/**
 * Windows' Task Scheduler.
 *
 * Sources: the schema of tasks (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema), schtasks.
 *
 * @module
 */

import { joinPath } from "../../platform/paths.ts";
import { REPOSITORY } from "../../platform/program.ts";
import type { Call, ManagedKind, ServiceManager, ServiceSpec } from "./manager.ts";
import { escapeXml } from "./xml.ts";

const TASKS: Readonly<Record<ManagedKind, string>> = {
  service: "devlog-collector",
  background: "devlog-collector-background",
};

/** What the Task Scheduler needs to know of a user. */
export interface TaskUser {
  /** The security identifier: `S-1-5-21-…-1001`. */
  readonly sid: string;
  /** The folder of the program, in which the definition is kept. */
  readonly devlogHome: string;
  /** Windows' own programs. */
  readonly systemFolder: string;
}

/** The manager of a user. */
export function taskScheduler(schtasks: string, user: TaskUser): ServiceManager {
  const path = (kind: ManagedKind) => joinPath("windows", user.devlogHome, `${TASKS[kind]}.task.xml`);
  const call = (...args: readonly string[]): Call => ({ program: schtasks, args });
  return {
    name: "Task Scheduler",
    path,
    // schtasks wants UTF-16 with a mark of its order.
    define: (spec) => ({ path: path(spec.kind), bytes: utf16(`\ufeff${taskText(spec, user)}`) }),
    start: (kind) => [
      call("/Create", "/TN", TASKS[kind], "/XML", path(kind), "/F"),
      call("/Run", "/TN", TASKS[kind]),
    ],
    stop: (kind) => [
      { ...call("/End", "/TN", TASKS[kind]), mayFail: true },
      { ...call("/Delete", "/TN", TASKS[kind], "/F"), mayFail: true },
    ],
    forget: () => [],
    ask: (kind) => call("/Query", "/TN", TASKS[kind], "/XML"),
    // What else it prints is in the language of the system: whether it runs is known from the collector's lock.
    read: (success) => success ? { isRunning: false } : undefined,
    variableHint: "Give them to all your programs: setx NAME value.",
  };
}

/**
 * The text of the task. A console program would show a window: `conhost --headless` (Windows 10 1809 and later) runs it
 * without.
 */
export function taskText({ kind, command }: ServiceSpec, { sid, systemFolder }: TaskUser): string {
  const trigger = kind === "service"
    ? `    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${escapeXml(sid)}</UserId>
    </LogonTrigger>
`
    : "";
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>devlog-collector</Author>
    <Description>History of AI coding agents. ${REPOSITORY}</Description>
  </RegistrationInfo>
  <Triggers>
${trigger}  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(sid)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>8</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(joinPath("windows", systemFolder, "conhost.exe"))}</Command>
      <Arguments>${escapeXml(["--headless", ...command].map(quote).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** A word of a command line, as programs of Windows take it apart (CommandLineToArgvW). */
function quote(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(2 * text.length));
  for (let index = 0; index < text.length; index++) bytes.setUint16(2 * index, text.charCodeAt(index), true);
  return new Uint8Array(bytes.buffer);
}
