/**
 * The configuration: its shape and its defaults. Names are those of the file, so that a key is called the same in
 * `config.yaml`, in the code and in every message.
 *
 * @module
 */

import type { AgentMap } from "./agent_map.ts";
import type { EventType } from "../events/event.ts";

/** Glob patterns of workspace paths; an empty `include` means all. */
export interface WorkspaceFilter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What is read from the agents' history, and how. */
export interface SyncConfig {
  /** `false` leaves sources that exist unopened until they grow. */
  readonly historical_sync: boolean;
  /** How far back events are stored; 0 is everything. */
  readonly initial_sync_days: number;
  /** `false` finishes history before watching. */
  readonly background_sync: boolean;
  /** Events per batch sent to a remote. */
  readonly sync_batch_size: number;
  readonly workspaces: WorkspaceFilter;
}

/** An agent that the program knows. */
export interface KnownAgentConfig {
  readonly enabled: boolean;
  /** Absolute paths of its folders in place of the usual ones. */
  readonly paths: "auto" | readonly string[];
}

/** The formats of an agent's files that the user may declare. */
export const CUSTOM_FORMATS = ["jsonl", "ndjson"] as const;

/** An agent that the user describes. */
export interface CustomAgentConfig {
  readonly enabled: boolean;
  readonly format: typeof CUSTOM_FORMATS[number];
  /** Absolute paths, which may hold globs. */
  readonly paths: readonly string[];
  /** Which field of a record becomes which field of an event. */
  readonly map: AgentMap;
}

/** What is said of one agent. */
export type AgentConfig = KnownAgentConfig | CustomAgentConfig;

/** Where events are kept, and how long. */
export interface StorageConfig {
  /** The folder of the store, absolute. */
  readonly path: string;
  /** 0 is for ever. */
  readonly retention_days: number;
}

/** The kinds of remotes. */
export const REMOTE_TYPES = ["devlog", "otlp", "postgres", "file"] as const;

/** A kind of remote. */
export type RemoteType = typeof REMOTE_TYPES[number];

/** How much of an event leaves the machine. */
export const CONTENT_LEVELS = ["none", "redacted", "full"] as const;

/** How much of an event leaves the machine. */
export type ContentLevel = typeof CONTENT_LEVELS[number];

/** What `content: none` sends only when it is named. */
export const INCLUDABLE = ["path", "repository", "branch"] as const;

interface RemoteConfigBase {
  readonly enabled: boolean;
  /** `false`: only on `export --remote NAME`. */
  readonly auto_sync: boolean;
  /** Milliseconds. */
  readonly sync_interval: number;
  readonly content: ContentLevel;
  readonly include: readonly (typeof INCLUDABLE[number])[];
  readonly workspaces: WorkspaceFilter;
  /** Ids of the agents whose events it gets; empty is all. */
  readonly agents: readonly string[];
  /** The types of events that it gets; empty is all. */
  readonly types: readonly EventType[];
  /** A larger event is sent cut. */
  readonly max_event_bytes: number;
}

/** What all remotes over the network share. `${NAME}` in a text is not yet expanded, see `expandSecret`. */
interface NetworkRemoteBase extends RemoteConfigBase {
  readonly url: string;
  /** The certificates (PEM) of an authority to trust beside those of the system; an absolute path. */
  readonly ca_file?: string;
  /** How long to wait for an answer, ms. */
  readonly timeout: number;
}

/** A remote that is spoken to by HTTP. */
export interface HttpRemoteConfig extends NetworkRemoteBase {
  readonly type: "devlog" | "otlp";
  readonly api_key?: string;
  /** Further headers of each request. */
  readonly headers: { readonly [name: string]: string };
  /** A certificate of this machine and its key (PEM); absolute paths, both or none. */
  readonly cert_file?: string;
  readonly key_file?: string;
}

/** A PostgreSQL database. */
export interface PostgresRemoteConfig extends NetworkRemoteBase {
  readonly type: "postgres";
  /** In place of the one in `url`. */
  readonly password?: string;
  /** The schema that holds the tables. */
  readonly schema: string;
}

/** A remote over the network. */
export type NetworkRemoteConfig = HttpRemoteConfig | PostgresRemoteConfig;

/** How a file remote may compress what it has put aside. */
export const COMPRESSIONS = ["none", "zstd"] as const;

/** A remote that is a file on this machine. */
export interface FileRemoteConfig extends RemoteConfigBase {
  readonly type: "file";
  /** Absolute. */
  readonly path: string;
  /** A file that would become larger is given another name, and a new one begun. */
  readonly max_file_bytes: number;
  /** How files with another name are compressed. */
  readonly compress: typeof COMPRESSIONS[number];
}

/** A destination. */
export type RemoteConfig = NetworkRemoteConfig | FileRemoteConfig;

/** The levels of the log, from much to little. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** The whole configuration, every default filled in. */
export interface Config {
  readonly sync: SyncConfig;
  /** By id; an agent that is not named is enabled and looked for in its usual places. */
  readonly agents: { readonly [id: string]: AgentConfig };
  readonly storage: StorageConfig;
  readonly export: { readonly remotes: { readonly [name: string]: RemoteConfig } };
  readonly dashboard: { readonly enabled: boolean; readonly port: number };
  readonly logging: { readonly level: typeof LOG_LEVELS[number] };
}

/** What holds where the file says nothing. `storage.path` is relative to the program's home folder, see `paths.ts`. */
export const DEFAULTS: Config = {
  sync: {
    historical_sync: true,
    initial_sync_days: 90,
    background_sync: true,
    sync_batch_size: 100,
    workspaces: { include: [], exclude: [] },
  },
  agents: {},
  storage: { path: "data", retention_days: 0 },
  export: { remotes: {} },
  dashboard: { enabled: false, port: 8377 },
  logging: { level: "info" },
};

/** What holds for an agent that is named without more. */
export const AGENT_DEFAULTS: KnownAgentConfig = { enabled: true, paths: "auto" };

/** What holds for a remote. */
export const REMOTE_DEFAULTS: Omit<RemoteConfigBase, "content"> & {
  readonly content: Readonly<Record<RemoteType, ContentLevel>>;
  readonly max_file_bytes: number;
  readonly compress: typeof COMPRESSIONS[number];
  readonly timeout: number;
  readonly schema: string;
} = {
  enabled: true,
  auto_sync: true,
  sync_interval: 500,
  content: { devlog: "redacted", otlp: "none", postgres: "redacted", file: "redacted" },
  include: [],
  workspaces: { include: [], exclude: [] },
  agents: [],
  types: [],
  max_event_bytes: 1024 * 1024,
  max_file_bytes: 100 * 1024 * 1024,
  compress: "none",
  timeout: 30_000,
  schema: "devlog",
};
