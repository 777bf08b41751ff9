/**
 * Reads the URIs that VS Code writes for files and folders.
 *
 * @module
 */

import { asObject, asText } from "../values.ts";

/**
 * The path that a URI means on the machine that it is of: `file:///c%3A/work/app` is `c:\work\app`,
 * `vscode-remote://wsl%2BUbuntu/home/u/app` is `/home/u/app`, `file://server/share/x` is `\\server\share\x`. It takes the
 * text of a URI, or the object with `path`, `scheme` and `authority` that VS Code makes of one.
 *
 * @returns `undefined` for what is no file
 */
export function pathOfUri(uri: unknown): string | undefined {
  const parts = typeof uri === "string" ? splitUri(uri) : partsOf(uri);
  if (parts === undefined) return undefined;
  const { scheme, authority, path } = parts;
  if (!FILE_SCHEMES.has(scheme) || path === "") return undefined;
  if (/^\/[a-z]:(?:\/|$)/i.test(path)) return path.slice(1).replaceAll("/", "\\");
  if (scheme === "file" && authority !== "") return `\\\\${authority}${path.replaceAll("/", "\\")}`;
  return path;
}

/** What may hold a project: this machine, one that VS Code is connected to, and what another editor calls so. */
const FILE_SCHEMES: ReadonlySet<string> = new Set([
  "file",
  "vscode-remote",
  "vscode-userdata",
  "vscode-local",
]);

interface UriParts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

function splitUri(text: string): UriParts | undefined {
  const [, scheme, authority, path] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  return { scheme: scheme.toLowerCase(), authority: decode(authority!), path: decode(path!) };
}

function partsOf(value: unknown): UriParts | undefined {
  const uri = asObject(value);
  const path = asText(uri?.path);
  if (uri === undefined || path === undefined) return undefined;
  return { scheme: asText(uri.scheme) ?? "file", authority: asText(uri.authority) ?? "", path };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: it is then meant as it stands.
    return text;
  }
}

/** The folder of a window, as its `workspace.json` names it: that of the project, or the one of its `.code-workspace`. */
export function workspaceOf(file: unknown): string | undefined {
  const { folder, workspace } = asObject(file) ?? {};
  const path = pathOfUri(folder);
  if (path !== undefined) return path;
  return pathOfUri(workspace)?.replace(/[\\/][^\\/]*$/, "");
}
