/** What the program uses of https://node-postgres.com, which has no types of its own. */

/** How to connect. */
export interface ClientConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: false | { readonly ca?: string; readonly rejectUnauthorized: boolean };
  readonly connectionTimeoutMillis: number;
  /** The server ends a statement after so long. */
  readonly statement_timeout: number;
  /** The client gives a query up after so long. */
  readonly query_timeout: number;
  readonly application_name: string;
  readonly keepAlive: boolean;
}

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** One connection. */
declare class Client {
  constructor(config: ClientConfig);
  connect(): Promise<void>;
  query(sql: string, parameters?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
}

declare const pg: { readonly Client: typeof Client };
export default pg;
export type { Client };
