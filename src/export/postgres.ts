/**
 * A remote that is a PostgreSQL database: a table of events, and views of them, which the program makes.
 *
 * A batch is one transaction that takes of each event the highest revision; a repetition changes nothing. So several
 * collectors, and the same one after a crash, can write to the same table.
 *
 * @module
 */

// @ts-types="./postgres/pg.d.ts"
import pg, { type Client, type ClientConfig, type Row } from "pg";
import type { PostgresRemoteConfig } from "../config/config.ts";
import { encodeLines } from "./file.ts";
import { targetOf } from "./http.ts";
import { answerToError } from "./postgres/answers.ts";
import { POSTGRES_MIGRATIONS, POSTGRES_VERSION, UPSERT } from "./postgres/schema.ts";
import type { Answer, Connection, FrozenBatch, OutgoingEvent, RemoteKind, Trial } from "./remote.ts";

/** How long to wait for a connection, ms. */
const CONNECT_TIME = 10_000;
/** A query is given up so much later than the server should have, ms. */
const GRACE = 2_000;
/** The number of the lock under which the schema is made: any, as long as it is always the same. */
const LOCK = 7_316_001;
const decoder = new TextDecoder();

/** The kind. */
export const postgresRemote: RemoteKind<PostgresRemoteConfig> = {
  type: "postgres",
  target: ({ url, schema }) => `${targetOf(url)}#${schema}`,
  encode: (events, _config, { machineId }) =>
    Promise.resolve(encodeLines(events.map((event) => ({ ...event, machineId }) as OutgoingEvent))),
  connect: (config) => new PostgresConnection(config),
};

class PostgresConnection implements Connection {
  readonly #config: PostgresRemoteConfig;
  readonly #url: URL;
  readonly #options: ClientConfig;
  #client: Client | undefined;

  constructor(config: PostgresRemoteConfig) {
    this.#config = config;
    this.#url = new URL(config.url);
    this.#options = optionsOf(config, this.#url);
  }

  async send(batch: FrozenBatch, signal: AbortSignal): Promise<Answer> {
    // A query can't be taken back: what hangs is ended with its connection.
    const stop = () => void this.#drop();
    signal.addEventListener("abort", stop);
    try {
      const client = this.#client ?? await this.#open();
      await client.query(this.#text(UPSERT), [jsonArray(batch.body)]);
      return { kind: "accepted", rejected: [] };
    } catch (error) {
      await this.#drop();
      return answerToError(error, this.#url.host);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async try(): Promise<Trial> {
    const { host } = this.#url;
    const start = performance.now();
    try {
      const client = await this.#connect();
      const [row] = (await client.query(
        "select current_user as name, has_database_privilege(current_database(), 'create') as may_create, " +
          "to_regnamespace($1) is not null as has_schema",
        [this.#config.schema],
      )).rows;
      await client.end();
      const time = `${Math.round(performance.now() - start)} ms`;
      return row!.may_create || row!.has_schema
        ? { ok: true, message: `${host} answers in ${time} to the user ${row!.name}` }
        : {
          ok: false,
          message: `${host} answers in ${time}, but the user ${row!.name} may not create a schema`,
        };
    } catch (error) {
      const answer = answerToError(error, host);
      return { ok: false, message: "message" in answer ? answer.message : host };
    }
  }

  async close(): Promise<void> {
    await this.#drop();
  }

  /** A connection to a database that has the tables. */
  async #open(): Promise<Client> {
    const client = await this.#connect();
    this.#client = client;
    await this.#migrate(client);
    return client;
  }

  async #connect(): Promise<Client> {
    try {
      return await connected(this.#options);
    } catch (error) {
      const isPlain = /does not support SSL/i.test((error as Error).message);
      if (!isPlain || modeOf(this.#config, this.#url) !== "prefer") throw error;
      return await connected({ ...this.#options, ssl: false });
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // It may be broken already: then there is nothing to end.
    await client?.end().catch(() => {});
  }

  /** Brings the schema up to date. One of a newer version is used as it is: steps only add. */
  async #migrate(client: Client): Promise<void> {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
    const found = await this.#version(client);
    if (found < POSTGRES_VERSION) {
      await client.query(this.#text("create schema if not exists {schema}"));
      await client.query(
        this.#text("create table if not exists {schema}.schema_version (version int not null)"),
      );
      for (const { version, sql } of POSTGRES_MIGRATIONS) {
        if (version > found) await client.query(this.#text(sql));
      }
      await client.query(this.#text("delete from {schema}.schema_version"));
      await client.query(this.#text("insert into {schema}.schema_version values ($1)"), [POSTGRES_VERSION]);
    }
    await client.query("commit");
  }

  async #version(client: Client): Promise<number> {
    const one = async (sql: string, ...parameters: readonly unknown[]): Promise<Row> =>
      (await client.query(sql, parameters)).rows[0]!;
    const { found } = await one(
      "select to_regclass($1) is not null as found",
      `${this.#config.schema}.schema_version`,
    );
    if (found !== true) return 0;
    const { version } = await one(this.#text("select max(version) as version from {schema}.schema_version"));
    return Number(version ?? 0);
  }

  #text(sql: string): string {
    // The configuration allows no name that needs quotes.
    return sql.replaceAll("{schema}", this.#config.schema);
  }
}

async function connected(options: ClientConfig): Promise<Client> {
  const client = new pg.Client(options);
  // A connection that breaks while it is not used: the next query says so.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** How the connection is secured, by the names of libpq. Only on this machine may it go without. */
function modeOf({ ca_file }: PostgresRemoteConfig, url: URL): string {
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  return url.searchParams.get("sslmode") ??
    (ca_file !== undefined ? "verify-full" : isHere ? "prefer" : "require");
}

function optionsOf(config: PostgresRemoteConfig, url: URL): ClientConfig {
  const { password, ca_file, timeout } = config;
  const mode = modeOf(config, url);
  const ca = ca_file === undefined ? undefined : Deno.readTextFileSync(ca_file);
  return {
    host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, "$1")),
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username) || "postgres",
    password: password ?? decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || "postgres",
    ssl: mode === "disable"
      ? false
      : { ...(ca !== undefined && { ca }), rejectUnauthorized: mode.startsWith("verify") },
    connectionTimeoutMillis: CONNECT_TIME,
    statement_timeout: timeout,
    query_timeout: timeout + GRACE,
    application_name: "devlog-collector",
    keepAlive: true,
  };
}

/** What a text in PostgreSQL can't hold: the character 0, and halves of characters. */
const UNFIT = /\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/** The lines as one JSON array; what PostgreSQL can't hold becomes U+FFFD. */
export function jsonArray(body: Uint8Array): string {
  const lines = decoder.decode(body).trimEnd().split("\n");
  return `[${lines.join(",")}]`.replace(UNFIT, (match) => match === "\\\\" ? match : "\\ufffd");
}
