/**
 * Has a collector run by the system's service manager.
 *
 * @module
 */

import { dirname } from "node:path";
import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import { LAUNCHCTL, SCHTASKS, SYSTEM32, SYSTEMCTL, WHOAMI } from "../platform/system_programs.ts";
import { UserError } from "../platform/user_error.ts";
import { type RunCall, runCall } from "./call.ts";
import { launchd } from "./managers/launchd.ts";
import type { Call, ManagedKind, ServiceManager, ServiceSpec, ServiceState } from "./managers/manager.ts";
import { systemd } from "./managers/systemd.ts";
import { taskScheduler } from "./managers/task_scheduler.ts";

/** The folders of the program that a service manager is told of. */
export interface ServiceFolders {
  readonly devlogHome: string;
  /** Where what Deno itself may say at the very end is kept, if the manager keeps it nowhere. */
  readonly errorLog: string;
}

/** The service manager of this user on this machine, or why there is none. */
export async function findManager(
  environment: Environment,
  folders: ServiceFolders,
  run: RunCall = runCall,
): Promise<ServiceManager | { readonly missing: string }> {
  const { os, home, get } = environment;
  switch (os) {
    case "linux": {
      const runtimeFolder = get("XDG_RUNTIME_DIR");
      if (runtimeFolder === undefined) return { missing: "XDG_RUNTIME_DIR is not set: there is no session" };
      for (const systemctl of SYSTEMCTL) {
        const { success } = await run({ program: systemctl, args: ["--user", "show", "--property=Version"] });
        if (success) return systemd(environment, systemctl, runtimeFolder);
      }
      return { missing: "systemd does not run services for this user" };
    }
    case "darwin":
      return launchd(LAUNCHCTL, { uid: Deno.uid() ?? 0, home, ...folders });
    case "windows": {
      const { success, stdout } = await run({ program: WHOAMI, args: ["/user", "/fo", "csv", "/nh"] });
      const sid = /S-1-[\d-]+/.exec(stdout)?.[0];
      if (!success || sid === undefined) return { missing: `${WHOAMI} does not say who the user is` };
      return taskScheduler(SCHTASKS, { sid, devlogHome: folders.devlogHome, systemFolder: SYSTEM32 });
    }
  }
}

/** One way of running a collector, by a manager. */
export class Service {
  readonly manager: ServiceManager;
  readonly kind: ManagedKind;
  readonly #run: RunCall;

  constructor(manager: ServiceManager, kind: ManagedKind, run: RunCall = runCall) {
    this.manager = manager;
    this.kind = kind;
    this.#run = run;
  }

  /** Where its definition stands. */
  get path(): string {
    return this.manager.path(this.kind);
  }

  /** Whether it is defined. */
  get isInstalled(): boolean {
    try {
      return Deno.statSync(this.path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /**
   * Writes its definition, for this user alone, and starts it.
   *
   * @throws {UserError} with what the manager says, if it won't
   */
  async start(spec: Omit<ServiceSpec, "kind">): Promise<void> {
    const { path, bytes } = this.manager.define({ ...spec, kind: this.kind });
    Deno.mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.new`;
    Deno.writeFileSync(draft, bytes, { mode: 0o600 });
    Deno.renameSync(draft, path);
    await this.#callAll(this.manager.start(this.kind));
  }

  /**
   * Stops it and removes its definition.
   *
   * @throws {UserError} with what the manager says, if it won't
   */
  async remove(): Promise<void> {
    await this.#callAll(this.manager.stop(this.kind));
    Deno.removeSync(this.path);
    await this.#callAll(this.manager.forget(this.kind));
  }

  /** What the manager says of it; `undefined` where it does not know it. */
  async state(): Promise<ServiceState | undefined> {
    const { success, stdout } = await this.#run(this.manager.ask(this.kind));
    return this.manager.read(success, stdout);
  }

  async #callAll(calls: readonly Call[]): Promise<void> {
    for (const call of calls) {
      const { success, stdout, stderr } = await this.#run(call);
      if (success || call.mayFail) continue;
      throw new UserError(
        `${this.manager.name} would not do it: ${[call.program, ...call.args].join(" ")}\n` +
          (stderr.trim() || stdout.trim() || "it said nothing"),
      );
    }
  }
}

/** The folders of the program, for {@link findManager}. */
export function serviceFolders(environment: Environment, devlogHome: string): ServiceFolders {
  return { devlogHome, errorLog: joinPath(environment.os, devlogHome, "logs", "stderr.log") };
}
