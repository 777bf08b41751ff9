/**
 * The table of kinds of remotes. Each is loaded when a remote of its kind is used.
 *
 * @module
 */

import type { RemoteConfig, RemoteType } from "../config/config.ts";
import type { RemoteKind } from "./remote.ts";

/** The configuration of a kind: two kinds may share one. */
type ConfigOf<T extends RemoteType> = RemoteConfig & { readonly type: T };

const KINDS: { readonly [T in RemoteType]: () => Promise<RemoteKind<ConfigOf<T>>> } = {
  devlog: async () => (await import("./devlog.ts")).devlogRemote,
  otlp: async () => (await import("./otlp.ts")).otlpRemote,
  postgres: async () => (await import("./postgres.ts")).postgresRemote,
  file: async () => (await import("./file.ts")).fileRemote,
};

/** The kind of a remote. */
export async function kindOf(config: RemoteConfig): Promise<RemoteKind> {
  return await KINDS[config.type]() as RemoteKind;
}
