/**
 * Reads the databases that say of what projects the sessions in another one are (`Agent.neighbours`). There may be hundreds,
 * one for each project that was ever opened, and of most sources nothing is asked: so they are read when that happens, and
 * then not again for a while.
 *
 * @module
 */

import type { Database, DatabaseLayout } from "../agents/database.ts";
import type { Agent, AgentReading } from "../agents/agent.ts";
import { THIS_OS } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import { companionsOf, listFolder } from "./companion.ts";
import { SourceBusyError, SourceError } from "./source_errors.ts";
import { DatabaseFile } from "./sqlite/database.ts";
import { DatabaseFormatError } from "./sqlite/format.ts";

/** What they said is believed for so long, ms. */
const BELIEVED = 60_000;
/** So often one is read again that changed while it was read. */
const MAX_TRIES = 4;

/** Where they are. */
export interface NeighbourFolder {
  /** The root with their folders, with all links resolved. */
  readonly realRoot: string;
  /** The name of each, in a folder of its own. */
  readonly file: string;
}

/** The agent that writes them. */
type Neighbour = Pick<Agent, "companions"> & Pick<AgentReading, "database">;

/** Reads them, and remembers what they said. */
export class NeighbourReader {
  readonly #clock: () => number;
  readonly #known = new Map<
    string,
    { readonly at: number; readonly workspaces: ReadonlyMap<string, string> }
  >();

  /** @param clock ms that only go up */
  constructor(clock = () => performance.now()) {
    this.#clock = clock;
  }

  /** The project of a session; of several that name it, what the first by the name of its folder says. */
  workspaceOf(session: string, agent: Neighbour, folder: NeighbourFolder): string | undefined {
    const now = this.#clock();
    let known = this.#known.get(folder.realRoot);
    if (known === undefined || now - known.at > BELIEVED) {
      known = { at: now, workspaces: readAll(agent, folder) };
      this.#known.set(folder.realRoot, known);
    }
    return known.workspaces.get(session);
  }
}

function readAll(agent: Neighbour, { realRoot, file }: NeighbourFolder): ReadonlyMap<string, string> {
  const workspaces = new Map<string, string>();
  const tell = agent.database?.workspaces;
  if (tell === undefined) return workspaces;
  for (const name of listFolder(realRoot, realRoot)) {
    const place = {
      path: joinPath(THIS_OS, realRoot, name, file),
      relativePath: `${name}/${file}`,
      realRoot,
    };
    for (const [session, workspace] of readOne(place, tell, () => companionsOf(agent, place).held)) {
      if (!workspaces.has(session)) workspaces.set(session, workspace);
    }
  }
  return workspaces;
}

/** What one says; nothing where there is none, or none that can be read now. */
function readOne(
  { path, realRoot }: { readonly path: string; readonly realRoot: string },
  tell: NonNullable<DatabaseLayout["workspaces"]>,
  companions: () => { readonly [name: string]: unknown },
): readonly (readonly [string, string])[] {
  try {
    using file = DatabaseFile.open(path, realRoot);
    const beside = companions();
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const said = readUnchanged(file, (database) => [...tell(database, beside)]);
      if (said !== undefined) return said;
    }
  } catch (error) {
    // It tells of itself where it is read for its own sake.
    if (!(error instanceof SourceError || error instanceof DatabaseFormatError)) throw error;
  }
  return [];
}

/** What is read of a database, `undefined` if that changed meanwhile. */
function readUnchanged<T>(
  file: DatabaseFile,
  read: (database: Database) => readonly T[],
): readonly T[] | undefined {
  try {
    const view = file.view();
    const value = view === undefined ? [] : read(view);
    return file.isUnchanged() ? value : undefined;
  } catch (error) {
    if (error instanceof SourceBusyError || !file.isUnchanged()) return undefined;
    throw error;
  }
}
