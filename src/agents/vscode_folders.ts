/**
 * Where VS Code and the editors made of it keep what belongs to a user.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";

/** VS Code and the editors made of it, as their folders are called. */
const PRODUCTS: readonly string[] = [
  "Code",
  "Code - Insiders",
  "Code - OSS",
  "Code - Exploration",
  "VSCodium",
  "VSCodium - Insiders",
  "Cursor",
  "Windsurf",
  "Windsurf - Next",
  "Trae",
  "Positron",
  "Antigravity",
  "Kiro",
];

/** Where an editor keeps what belongs to a machine that it is connected to, below the home folder of that machine. */
const SERVERS: readonly string[] = [
  ".vscode-server",
  ".vscode-server-insiders",
  ".vscode-remote",
  ".vscodium-server",
  ".cursor-server",
  ".windsurf-server",
];

/** The `User` folder of every editor there may be. */
export function userFolders(environment: Environment): readonly string[] {
  const { os, home } = environment;
  const join = (...parts: [string, ...string[]]) => joinPath(os, ...parts);
  const portable = folderNamed(environment, "VSCODE_PORTABLE");
  const all = [
    ...PRODUCTS.map((product) => join(configFolder(environment), product, "User")),
    ...portable !== undefined ? [join(portable, "user-data", "User")] : [],
    ...os === "linux" ? [join(home, ".var", "app", "com.visualstudio.code", "config", "Code", "User")] : [],
    ...SERVERS.map((server) => join(home, server, "data", "User")),
    ...PRODUCTS.flatMap((product) => windowsUserFolders(environment, product)),
  ];
  return [...new Set(all)];
}

/** The `User` folders of one editor. */
export function userFoldersOf(environment: Environment, product: string): readonly string[] {
  return [
    joinPath(environment.os, configFolder(environment), product, "User"),
    ...windowsUserFolders(environment, product),
  ];
}

/** Whether a folder is the `User` folder of that editor, or lies in one. */
export function isOfProduct(folder: string, product: string): boolean {
  const parts = folder.split(/[\\/]/);
  return parts.some((part, index) => part === product && parts[index + 1] === "User");
}

/** In WSL the editor runs on the Windows side. */
function windowsUserFolders({ os, windowsHomes = [] }: Environment, product: string): readonly string[] {
  return windowsHomes.map((folder) => joinPath(os, folder, "AppData", "Roaming", product, "User"));
}

/** Where programs keep their settings. */
export function configFolder(environment: Environment): string {
  const { os, home } = environment;
  if (os === "darwin") return joinPath(os, home, "Library", "Application Support");
  const named = folderNamed(environment, os === "windows" ? "APPDATA" : "XDG_CONFIG_HOME");
  if (named !== undefined) return named;
  return os === "windows" ? joinPath(os, home, "AppData", "Roaming") : joinPath(os, home, ".config");
}

/** Where programs keep their data: `~/.local/share`, also on other systems than Linux. */
export function dataFolder(environment: Environment): string {
  const { os, home } = environment;
  return folderNamed(environment, "XDG_DATA_HOME") ?? joinPath(os, home, ".local", "share");
}
