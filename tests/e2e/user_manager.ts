/**
 * A real systemd that runs the services of a user, in the home of a test.
 *
 * @module
 */

import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { findProgram } from "./program.ts";

/** systemd itself, on Debian and on what has merged `/usr`. */
const SYSTEMD = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];

/** The manager; dispose of it (`await using`): that ends it and all that it runs. */
export class UserManager implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  /** What the program must have in its environment. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(home: string) {
    const runtimeFolder = join(home, "run");
    Deno.mkdirSync(runtimeFolder, { mode: 0o700 });
    this.env = { XDG_RUNTIME_DIR: runtimeFolder };
    const systemd = SYSTEMD.find((path) => isFile(path));
    if (systemd === undefined) throw new Error(`no systemd in ${SYSTEMD.join(", ")}`);
    this.#process = new Deno.Command(systemd, {
      args: ["--user", "--log-target=null"],
      clearEnv: true,
      env: { HOME: home, PATH: "/usr/bin:/bin", ...this.env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Starts it and waits until it answers. */
  static async start(home: string): Promise<UserManager> {
    const manager = new UserManager(home);
    try {
      await eventually("systemd of the test", () => manager.ask("is-system-running").success);
    } catch (error) {
      await manager[Symbol.asyncDispose]();
      throw error;
    }
    return manager;
  }

  /** Calls `systemctl --user`. */
  ask(...args: readonly string[]): { readonly success: boolean; readonly stdout: string } {
    const { success, stdout } = new Deno.Command(findProgram("systemctl"), {
      args: ["--user", ...args],
      env: this.env,
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return { success, stdout: new TextDecoder().decode(stdout) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ask("exit");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    await this.#process.status;
    clearTimeout(timer);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
