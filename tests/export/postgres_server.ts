/**
 * A real PostgreSQL server of its own, on a free port.
 *
 * @module
 */

import { findPostgres } from "../skips.ts";
import { eventually } from "../e2e/eventually.ts";

/** The server. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  #process: Deno.ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  /** Makes a cluster and starts it. */
  static async start(): Promise<PostgresServer> {
    const folder = await Deno.makeTempDir({ prefix: "devlog-postgres-" });
    await Deno.chmod(folder, 0o777);
    await run("initdb", "-D", `${folder}/data`, "-U", "admin", "--auth=trust", "-E", "UTF8", "--no-sync");
    const server = new PostgresServer(folder, freePort());
    await server.resume();
    return server;
  }

  /** Where it is, for a user who may all or for another. */
  url(user = "admin", database = "postgres"): string {
    return `postgres://${user}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts it, or starts it again. */
  async resume(): Promise<void> {
    const { command, args } = asServer("postgres", [
      ...["-D", `${this.#folder}/data`, "-p", String(this.#port), "-h", "127.0.0.1", "-k", this.#folder],
      ...["-c", "fsync=off"],
    ]);
    this.#process = new Deno.Command(command, { args, stdout: "null", stderr: "null" }).spawn();
    await eventually("the server takes connections", () => {
      try {
        Deno.connect({ hostname: "127.0.0.1", port: this.#port }).then(
          (connection) => connection.close(),
          () => {},
        );
        return this.query("select 1").then((text) => text === "1", () => false);
      } catch {
        return false;
      }
    }, 30_000);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    const pid = (await Deno.readTextFile(`${this.#folder}/data/postmaster.pid`)).split("\n")[0]!;
    Deno.kill(Number(pid), "SIGQUIT");
    await this.#process?.status;
    this.#process = undefined;
  }

  /** Runs SQL; returns rows as lines, columns separated by `|`. */
  query(sql: string): Promise<string> {
    return run("psql", "-At", "-v", "ON_ERROR_STOP=1", this.url(), "-c", sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The server refuses to run as root: then it runs as nobody. */
function asServer(
  program: string,
  args: readonly string[],
): { readonly command: string; readonly args: string[] } {
  const path = `${findPostgres()}/${program}`;
  if (Deno.uid() !== 0) return { command: path, args: [...args] };
  return { command: "setpriv", args: ["--reuid=65534", "--regid=65534", "--clear-groups", path, ...args] };
}

async function run(program: string, ...given: readonly string[]): Promise<string> {
  const { command, args } = asServer(program, given);
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd: "/" }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trimEnd();
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
