/**
 * Reads the configuration of the first collector, `~/.devlog/collector.json`: where it sent its events is a remote now. The
 * file is never written.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { RemoteConfig } from "./config.ts";
import { devlogHome } from "./paths.ts";

/** The remote that the first collector's backend becomes. */
export const OLD_REMOTE = "default";

/** What the file comes to. */
export interface OldConfig {
  readonly path: string;
  readonly remote?: RemoteConfig;
  /** Why it comes to nothing although it names a backend. */
  readonly note?: string;
}

/** More than it ever had. */
const LARGEST = 1 << 20;

/** Reads it; `undefined` where there is none. Keys other than `backendUrl` and `apiKey` mean nothing any more. */
export async function readOldConfig(environment: Environment): Promise<OldConfig | undefined> {
  const path = joinPath(environment.os, devlogHome(environment), "collector.json");
  let text: string;
  try {
    if ((await Deno.stat(path)).size > LARGEST) return { path, note: `${path} is too large to be read` };
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return { path, note: `${path} can't be read: ${(error as Error).message}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { path, note: `${path} (of the first collector) is no JSON: ${(error as Error).message}` };
  }
  const { backendUrl, apiKey } = (value ?? {}) as { backendUrl?: unknown; apiKey?: unknown };
  if (typeof backendUrl !== "string" || backendUrl === "") return { path };
  return { path, ...await remoteOf(backendUrl, apiKey, path, environment) };
}

async function remoteOf(
  url: string,
  apiKey: unknown,
  path: string,
  environment: Environment,
): Promise<Pick<OldConfig, "remote" | "note">> {
  const { parseConfig } = await import("./parse.ts");
  const { ConfigError } = await import("./problems.ts");
  const remote = {
    type: "devlog",
    url,
    ...(typeof apiKey === "string" && apiKey !== "" && { api_key: apiKey }),
  };
  try {
    // JSON is YAML: the same rules hold for what stands there.
    const config = parseConfig(
      JSON.stringify({ export: { remotes: { [OLD_REMOTE]: remote } } }),
      path,
      environment,
    );
    return { remote: config.export.remotes[OLD_REMOTE]! };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { key, message } = error.problems[0]!;
    return {
      note: `${path} (of the first collector): ${key.endsWith("url") ? "backendUrl" : "apiKey"}: ${message}`,
    };
  }
}
