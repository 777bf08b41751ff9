/**
 * Where the local agent mode of Claude's desktop app (Cowork) keeps what it writes: it runs Claude Code with a folder of its own
 * for each task, `local-agent-mode-sessions/<uuid>/<uuid>/local_<uuid>/.claude`, and a record of the task beside
 * `local_<uuid>`. The transcripts are those of Claude Code; one that stands in the user's own folder, too, makes the same
 * events. There is no documentation by the vendor: this is as several readers of it agree.
 *
 * @module
 */

import { type Environment, folderNamed } from "../../platform/environment.ts";
import { joinPath } from "../../platform/paths.ts";
import { asList, asObject, asText } from "../values.ts";
import { configFolder } from "../vscode_folders.ts";

/** The app, as its folder is called. */
const APPS = ["Claude", "Claude-3p"] as const;
/** The app from Microsoft's store. */
const STORE_APP = ["Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming", "Claude"] as const;
const TASKS = "local-agent-mode-sessions";

/** A task, and what is below its `projects`. */
const IN_TASK = /^((?:[^/]+\/){2}(?:agent\/)?local_[^/]+)\/\.claude\/projects\/(.*)$/s;
/** The folders on the way there, below the first two. */
const ON_THE_WAY = /^(?:[^/]+\/){2}(?:agent|(?:agent\/)?local_[^/]+(?:\/\.claude(?:\/projects)?)?)$/;

/** The folders with its tasks. */
export function coworkFolders(environment: Environment): readonly string[] {
  const { os, home } = environment;
  const folders = APPS.map((app) => joinPath(os, configFolder(environment), app, TASKS));
  if (os !== "windows") return folders;
  const local = folderNamed(environment, "LOCALAPPDATA") ?? joinPath(os, home, "AppData", "Local");
  return [...folders, joinPath(os, local, ...STORE_APP, TASKS)];
}

/** Whether a folder is one of those. */
export function isCowork(root: string): boolean {
  return root.endsWith(TASKS);
}

/** A path below the folder of tasks as it would be below `projects`; `undefined` for what is not below any. */
export function belowProjects(relativePath: string): string | undefined {
  return IN_TASK.exec(relativePath)?.[2];
}

/** Whether a folder is on the way to the `projects` of a task. */
export function leadsToProjects(relativePath: string): boolean {
  return ON_THE_WAY.test(relativePath);
}

/** The record of the task that a path lies in. */
export function taskOf(relativePath: string): string | undefined {
  const task = IN_TASK.exec(relativePath)?.[1];
  return task === undefined ? undefined : `${task}.json`;
}

/** The project of a task: Claude Code itself runs in a folder that the app made. */
export function projectOf(task: unknown): string | undefined {
  return asText(asList(asObject(task)?.userSelectedFolders)?.[0]);
}
