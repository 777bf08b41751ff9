/**
 * The functions that tell which workspaces are wanted.
 *
 * @module
 */

import type { WorkspaceFilter } from "../config/config.ts";
import { THIS_OS } from "../platform/environment.ts";
import { filterText } from "../platform/workspace_filter.ts";
import type { WantsWorkspace } from "./read_job.ts";

/** One for each filter: there are few filters and many sources. Globs are loaded with the first that has some. */
export class WorkspaceMatchers {
  readonly #known = new Map<string, WantsWorkspace>([["", () => true]]);

  /** The function for a filter. */
  of(filter: WorkspaceFilter): WantsWorkspace | Promise<WantsWorkspace> {
    const text = filterText(filter);
    return this.#known.get(text) ?? this.#make(filter, text);
  }

  async #make(filter: WorkspaceFilter, text: string): Promise<WantsWorkspace> {
    const { workspaceMatcher } = await import("../platform/workspaces.ts");
    const wants = workspaceMatcher(filter, THIS_OS);
    this.#known.set(text, wants);
    return wants;
  }
}
