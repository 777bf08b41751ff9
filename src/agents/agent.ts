/**
 * What an adapter is: everything the program knows of one agent, as values and pure functions. It opens no file, reads
 * no clock and no environment. An adapter is one file and one line in `agents.ts`.
 *
 * @module
 */

import type { EventDraft } from "../events/event.ts";
import type { Environment } from "../platform/environment.ts";
import type { DatabaseLayout } from "./database.ts";

/** A parsed JSON object. */
export type JsonObject = { readonly [key: string]: unknown };

/**
 * How the bytes of a source are laid out.
 *
 * - `jsonl`: lines, each a record; what has been read stays as it is
 * - `jsonl.zst`: the same, compressed
 * - `text`: lines of text; each is the record `{ line }`
 * - `document`: the whole file is one record, and is written anew each time
 * - `page`: the same, of text: the record `{ text }`. Nothing shows that a part is missing, so a shorter one takes nothing away
 * - `operations`: lines, each a record that changes what the ones before it made
 * - `database`: an SQLite database with many conversations (`AgentReading.database`)
 */
export type SourceFormat = "jsonl" | "jsonl.zst" | "text" | "document" | "page" | "operations" | "database";

/** The formats of plain files that are read on where the last reading ended. */
export const LINE_FORMATS: ReadonlySet<string> = new Set<SourceFormat>(["jsonl", "text"]);

/** The formats of which a part means nothing without the rest: whatever changes, they are read from their start. */
export const WHOLE_FORMATS: ReadonlySet<string> = new Set<SourceFormat>(["document", "page", "operations"]);

/** What a path inside a root is. */
export interface SourceKind {
  readonly format: SourceFormat;
  /**
   * Name that all forms of one source share (a plain file and its compressed twin, a file and where it is moved to).
   * Of several that exist at once the one with the lowest `rank` is read, the others are not.
   */
  readonly twin: string;
  /** Also decides between sources that hold the same event: the state of the lower rank is shown. */
  readonly rank: number;
  /** What its first 64 bytes look like. One that has lost its beginning is not read while it has a twin. */
  readonly beginning?: RegExp;
  /**
   * The one session that it tells, less well than sources of a lower rank do: it is told only while none of them holds that
   * session.
   */
  readonly standsInFor?: string;
}

/** What a parser may know of the source it reads; none of it may become part of an event's identity. */
export interface SourceInfo {
  /** Path relative to the agent's root, with `/` between its parts. */
  readonly relativePath: string;
  /** Absolute path of the folder it is in: for agents that write into the project itself. */
  readonly folder?: string;
  /** When its file was made, ms since the epoch: for agents that write no times. */
  readonly madeAt?: number;
  /** The user's home folder, absolute: for agents that write `~` for it. */
  readonly home?: string;
  /** By path and by name, what the files hold that the agent names as its companions, as far as they are there. */
  readonly companions?: { readonly [name: string]: unknown };
  /** The project of a session, where neighbours of the source say it. They are read when one is first asked for. */
  readonly workspaceOf?: (session: string) => string | undefined;
}

/** The names of the files and folders in a folder below the root, sorted; none if there is no such folder. */
export type ListFolder = (relativePath: string) => readonly string[];

/** What became of one record. */
export type RecordOutcome =
  /** Understood; it may or may not have made an event. */
  | undefined
  /** Not understood; it is counted and kept under this short kind (`type:foo`, `payload:bar`). */
  | { readonly unknown: string };

/** Takes the records of one source in order and hands over events. */
export interface RecordParser {
  /**
   * Takes one record.
   *
   * @param record the parsed JSON of one line
   * @param position byte offset of the line in its source; a stable tie-breaker, never part of an id
   */
  record(record: JsonObject, position: number): RecordOutcome;
  /**
   * Emits a part of what could not be emitted before the source had been read to its end; says whether there is more.
   * Called until there is none, before `flush()`: so a batch can be handed over in between.
   */
  emitMore?(): boolean;
  /**
   * Emits the state of all events that grew since they were last emitted and may grow again. It is called where the
   * source ends for now, never in its middle: so what is emitted depends on the bytes alone, not on how they were cut
   * into batches. It may tell that something was not understood.
   */
  flush(): RecordOutcome | void;
  /**
   * All that the parser must remember to go on after the last record, as plain JSON. May be asked for after any record,
   * flushed or not, and must stay small (some kilobytes): it is committed with each batch. One of what is read from its
   * start each time has none.
   */
  state?(): unknown;
}

/**
 * How far an adapter is known to be right.
 *
 * - `proven`: real files that others wrote give the counts that were taken of them without any parser
 * - `read`: it is made from what the agent's own source and its users say, and tried on files made by hand
 */
export type Proof = "proven" | "read";

/** What an agent writes into a project. Anybody may have put it there, so less is believed than in a home folder. */
export interface InWorkspaces {
  /** The folder below the workspace, with `/` between its parts; empty for the workspace itself. */
  readonly folder: string;
  /** The names of its files there; nothing else is looked at. */
  readonly names: readonly string[];
}

/** Databases beside a source which say of what projects its sessions are. */
export interface Neighbours {
  /** The name of a folder beside the root of the source; it is a root too. */
  readonly root: string;
  /** Their name, each in a folder of that root. */
  readonly file: string;
}

/** A file in which an agent lists folders, wherever they are; no more is believed of them than of workspaces. */
export interface Registry {
  /** Absolute path of a JSON file. */
  path(environment: Environment): string;
  /** The folders that it names, absolute. */
  folders(registry: unknown): readonly string[];
}

/** All that the program knows of one agent. */
export interface Agent {
  /** Its id in events, configuration and commands. */
  readonly id: string;
  /** Its name for people. */
  readonly name: string;
  /** The user describes it: whenever its version is another one, its sources are read again. */
  readonly isOwn?: true;
  /** How far its adapter is known to be right. */
  readonly proof: Proof;
  /** What its files are, for people: `a session each, JSON lines`. */
  readonly files: string;
  /** Raised when the parser gets more out of the same bytes: its sources are read again in the background. */
  readonly adapterVersion: number;
  /** After how many days the agent deletes its own history, if it does. */
  readonly deletesAfterDays?: number;
  /** The folders below which it writes, each searched recursively; they need not exist. Absolute paths, no duplicates. */
  roots(environment: Environment): readonly string[];
  /**
   * Says what a file is from its path relative to a root (with `/`), or `undefined` for what is not a source. The root as it
   * was asked for is told where a search finds the file: by it one editor's files are known from another's.
   */
  classify(relativePath: string, root?: string): SourceKind | undefined;
  /** Whether a folder below a root is worth entering. */
  enters(relativePath: string): boolean;
  /** It writes into the projects themselves: each workspace that sessions name, of whatever agent, is a root too. */
  readonly inWorkspaces?: InWorkspaces;
  /** A file in which it lists the folders that it writes into, which are roots too. */
  readonly registry?: Registry;
  /** Whether all sources of a root stand in its folder itself: what lies below it, of which there may be much, is not watched. */
  isFlat?(root: string): boolean;
  /**
   * Files of up to 1 MiB, JSON as a rule, that say something of a source (which project it is of) or are a part of it, by paths
   * relative to the root. They are read whenever the source itself changes.
   */
  companions?(relativePath: string, list: ListFolder): readonly string[];
  /** The databases that say of what projects the sessions in a source are, where it does not say so itself. */
  neighbours?(relativePath: string): Neighbours | undefined;
  /**
   * The key of the long list at the top of its documents, if they have one. A document over 32 MiB is told as operations
   * (`folded_document.ts`): with an empty list, then each item, and each other value.
   */
  readonly listName?: string;
  /** Loads what reads its sources: only the thread that reads needs it, and of most agents there are none. */
  reading(): Promise<AgentReading>;
}

/** What reads the sources of an agent. */
export interface AgentReading {
  /** What its databases hold. A parser of one gets the records of one conversation, and is asked for no state. */
  readonly database?: DatabaseLayout;
  /** What a parser needs of a record: of a line of megabytes, the texts of all else are not even decoded. */
  pickNeeded?(record: JsonObject): JsonObject;
  /**
   * What the text of a companion holds, where that is no JSON. One of which it throws is passed over.
   *
   * @default JSON.parse
   */
  parseCompanion?(text: string): unknown;
  /**
   * Makes a parser.
   *
   * @param source what is known of the source
   * @param emit takes each event
   * @param state what `state()` of an earlier parser returned, to go on from there
   */
  parser(source: SourceInfo, emit: (event: EventDraft) => void, state?: unknown): RecordParser;
}

/** An agent, and what reads its sources. */
export type ReadableAgent = Agent & AgentReading;

/** The agent with what reads its sources. */
export async function loadReading(agent: Agent): Promise<ReadableAgent> {
  return { ...agent, ...await agent.reading() };
}
