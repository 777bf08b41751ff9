/**
 * Tries what the configuration says of the user's own agents on their newest files, without storing anything.
 *
 * @module
 */

import { type JsonObject, loadReading, type ReadableAgent, type RecordOutcome } from "../agents/agent.ts";
import { ownAgent } from "../agents/own.ts";
import type { Config } from "../config/config.ts";
import type { AgentEvent, EventDraft } from "../events/event.ts";
import { computeId, formatId } from "../events/id.ts";
import type { Environment } from "../platform/environment.ts";
import { discover, type FoundSource } from "../sources/discover.ts";
import { SourceFile } from "../sources/source_file.ts";
import { ownConfig, searchRoots } from "../sync/roots.ts";

/** So much of a file is tried, bytes, and so many of its events are shown. */
const TRIED = 1 << 20;
const SHOWN = 5;

/** What came of a try. */
export interface AgentTrial {
  readonly id: string;
  /** The newest file; `undefined` where there is none. */
  readonly file?: string;
  readonly files: number;
  /** The first events of it. */
  readonly events: readonly AgentEvent[];
  /** How many events there are in what was tried. */
  readonly total: number;
  /** How many records were not understood, by why. */
  readonly unread: { readonly [kind: string]: number };
}

/** Tries each agent that the user describes and has turned on. */
export async function tryOwnAgents(
  config: Config,
  environment: Environment,
): Promise<readonly AgentTrial[]> {
  const { sources } = discover(searchRoots(config, environment).filter(({ agent }) => agent.isOwn));
  const trials: AgentTrial[] = [];
  for (const id of Object.keys(config.agents)) {
    const own = ownConfig(config, id);
    if (own === undefined || !own.enabled) continue;
    const found = sources.filter(({ agent }) => agent.id === id)
      .toSorted((a, b) => b.stamp.mtime - a.stamp.mtime);
    const [newest] = found;
    if (newest === undefined) {
      trials.push({ id, files: 0, events: [], total: 0, unread: {} });
      continue;
    }
    const { events, unread } = read(await loadReading(ownAgent(id, own)), newest);
    trials.push({
      id,
      file: newest.path,
      files: found.length,
      events: events.slice(0, SHOWN),
      total: events.length,
      unread,
    });
  }
  return trials;
}

function read(agent: ReadableAgent, { path, realRoot, relativePath }: FoundSource) {
  const drafts: EventDraft[] = [];
  const unread: Record<string, number> = {};
  const note = (outcome: RecordOutcome | void) => {
    if (outcome !== undefined) unread[outcome.unknown] = (unread[outcome.unknown] ?? 0) + 1;
  };
  const parser = agent.parser({ relativePath }, (draft) => drafts.push(draft));
  for (const [position, line] of linesOf(path, realRoot).entries()) {
    const record = parse(line);
    note(record === undefined ? { unknown: "damaged:not_json" } : parser.record(record, position));
  }
  note(parser.flush());
  return { events: drafts.map((draft) => eventOf(agent.id, draft)), unread };
}

/** The first whole lines of a file. */
function linesOf(path: string, realRoot: string): readonly string[] {
  const file = SourceFile.open(path, realRoot);
  try {
    const text = new TextDecoder().decode(file.readAt(0, Math.min(TRIED, file.stamp.size)));
    return text.split("\n").slice(0, -1).filter((line) => line.trim() !== "");
  } finally {
    file.close();
  }
}

function parse(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as JsonObject
      : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(agent: string, draft: EventDraft): AgentEvent {
  const { anchor, key, position: _, complete: __, copied: ___, ...event } = draft;
  return { id: formatId(computeId(agent, anchor, key)), agent, ...event } as AgentEvent;
}
