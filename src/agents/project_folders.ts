/**
 * Where projects may lie below a folder that the configuration names, for agents that write into the projects themselves.
 *
 * @module
 */

/** How deep projects may lie: `~/src/github.com/owner/project`. */
const DEPTH = 4;
/** Folders that are no projects, and of which there are many. */
const LEFT_OUT = /^(?:\..*|node_modules|target|vendor|build|dist|venv|__pycache__)$/;

/**
 * Whether to enter a folder.
 *
 * @param own the folder that the agent makes in a project
 */
export function entersProjects(relativePath: string, own?: string): boolean {
  const parts = relativePath.split("/");
  const name = parts.at(-1)!;
  if (parts.slice(0, -1).some((part) => LEFT_OUT.test(part))) return false;
  return name === own ? parts.length <= DEPTH + 1 : parts.length <= DEPTH && !LEFT_OUT.test(name);
}
