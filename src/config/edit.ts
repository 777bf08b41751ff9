/**
 * Changes the configuration file as a careful person would: comments, order and blank lines stay.
 *
 * @module
 */

import { type Document, isMap, parseDocument } from "yaml";
import type { Environment } from "../platform/environment.ts";
import { parseConfig } from "./parse.ts";
import { configPath, devlogHome } from "./paths.ts";
import { CONFIG_TEMPLATE } from "./template.ts";

/**
 * Sets a remote, or removes it.
 *
 * @param values the keys of the remote, `undefined` to remove it
 * @returns the path of the file
 * @throws {ConfigError} if the file has a mistake, or would have one; it is left as it was
 */
export async function editRemote(
  name: string,
  values: Readonly<Record<string, unknown>> | undefined,
  environment: Environment,
): Promise<string> {
  const path = configPath(environment);
  const text = await readText(path) ?? CONFIG_TEMPLATE;
  parseConfig(text, path, environment);
  const document = parseDocument(text);
  if (values === undefined) document.deleteIn(["export", "remotes", name]);
  else setRemote(document, name, values);
  const edited = document.toString({ lineWidth: 0 });
  parseConfig(edited, path, environment);
  await Deno.mkdir(devlogHome(environment), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  await Deno.writeTextFile(draft, edited, { mode: 0o600 });
  await Deno.rename(draft, path);
  return path;
}

function setRemote(document: Document, name: string, values: Readonly<Record<string, unknown>>): void {
  // A key that stands there without a value is no mapping.
  for (const keys of [["export"], ["export", "remotes"]]) {
    if (!isMap(document.getIn(keys))) document.setIn(keys, document.createNode({}));
    const map = document.getIn(keys);
    if (isMap(map)) map.flow = false;
  }
  document.setIn(["export", "remotes", name], document.createNode(values));
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
