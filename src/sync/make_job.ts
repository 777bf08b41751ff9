/**
 * Makes what the reader needs to know of a source.
 *
 * @module
 */

import type { SourceFormat } from "../agents/agent.ts";
import type { CustomAgentConfig, WorkspaceFilter } from "../config/config.ts";
import type { NeighbourFolder } from "../sources/neighbours.ts";
import type { CatalogSource } from "./catalog.ts";
import type { ReadJob, RecalledRecords } from "./messages.ts";
import { maxLineOf } from "./plan.ts";

/** What only others know of a source. */
export interface SourceContext {
  /** The root of the source with links resolved. */
  readonly realRoot: string;
  /** What the parser remembered at the cursor. */
  readonly parserState?: string | Uint8Array;
  /** Which workspaces are wanted now. */
  readonly workspaces: WorkspaceFilter;
  /** The user's home folder. */
  readonly home?: string;
  /** What its agent is, where the user describes it. */
  readonly own?: CustomAgentConfig;
  /** Another source tells the same. */
  readonly isSilent?: boolean;
  /** Where it is said of what projects its sessions are. */
  readonly neighbours?: NeighbourFolder;
  /** What was kept of it, if its file is gone. */
  readonly recalled?: RecalledRecords;
}

/** The job to read a source from its cursor to its end; `isLive` puts it ahead of history. */
export function makeJob(source: CatalogSource, context: SourceContext, isLive: boolean): ReadJob {
  return {
    source: source.id,
    agent: source.agent,
    path: source.path,
    realRoot: context.realRoot,
    relativePath: source.relativePath,
    format: source.format as SourceFormat,
    cursor: source.cursor,
    parserState: context.parserState,
    collectedFrom: source.collectedFrom,
    workspaces: context.workspaces,
    isRereading: source.rereading !== 0,
    maxLine: maxLineOf(source),
    isLive,
    home: context.home,
    ...context.isSilent === true && { isSilent: true as const },
    ...context.own !== undefined && { own: context.own },
    ...context.neighbours !== undefined && { neighbours: context.neighbours },
    ...context.recalled !== undefined && { recalled: context.recalled },
  };
}
