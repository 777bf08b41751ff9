/**
 * The system's own programs that this one may run, by their absolute paths: what stands in `PATH` is not asked. The
 * permission set in `deno.json` lists the same.
 *
 * @module
 */

/** Where systemd's is: on most systems, and on NixOS. */
export const SYSTEMCTL = ["/usr/bin/systemctl", "/run/current-system/sw/bin/systemctl"] as const;

/** The program that runs, whatever file it is: only so may it start itself. */
export const ITSELF = "/proc/self/exe";

/** The service manager of macOS. */
export const LAUNCHCTL = "/bin/launchctl";

/** Where Windows has its own programs. */
export const SYSTEM32 = "C:\\Windows\\System32";

/** Windows' Task Scheduler. */
export const SCHTASKS = `${SYSTEM32}\\schtasks.exe`;

/** Says who the user is. */
export const WHOAMI = `${SYSTEM32}\\whoami.exe`;

/** Says who may read a folder. */
export const ICACLS = `${SYSTEM32}\\icacls.exe`;

/** All of them. */
export const SYSTEM_PROGRAMS: readonly string[] = [
  ...SYSTEMCTL,
  ITSELF,
  LAUNCHCTL,
  SCHTASKS,
  WHOAMI,
  ICACLS,
];
