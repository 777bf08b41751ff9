/**
 * What all events of one record share: where and when, and what identifies them.
 *
 * @module
 */

import type { EventDraft, Metrics, TypedData } from "../../events/event.ts";
import type { JsonObject } from "../agent.ts";
import { asInstant, asObject, asText, hourOf } from "../values.ts";

/** The part of a draft that its record decides. */
export interface Context {
  readonly timestamp: number;
  readonly agentVersion: string | undefined;
  readonly sessionId: string;
  readonly parentSessionId: string | undefined;
  readonly workspace: string | undefined;
  readonly branch: string | undefined;
  readonly anchor: string;
  readonly position: number;
  readonly copied: true | undefined;
}

/**
 * Reads the context of a record.
 *
 * @param session stands in where the record names no session
 * @param project is the workspace, whatever folder the record names
 * @returns `undefined` if the record says no time: nothing can be identified without
 */
export function readContext(
  record: JsonObject,
  position: number,
  session: string,
  project?: string,
): Context | undefined {
  const timestamp = asInstant(record.timestamp);
  if (timestamp === undefined) return undefined;
  const origin = originOf(record);
  const agentId = agentOf(record);
  const recordedIn = origin ?? asText(record.sessionId) ?? session;
  return {
    timestamp,
    agentVersion: asText(record.version),
    sessionId: sessionOf(recordedIn, agentId),
    parentSessionId: agentId === undefined ? undefined : recordedIn,
    workspace: project ?? asText(record.cwd),
    branch: asText(record.gitBranch),
    anchor: hourOf(timestamp),
    position,
    copied: origin === undefined ? undefined : true,
  };
}

/**
 * The draft of an event of a record. All drafts have all keys, in one order: what makes and reads them is faster when they
 * are of one shape.
 */
export function draftOf(
  context: Context,
  { type, data }: TypedData,
  key: string,
  complete = true,
  model?: string,
  metrics?: Metrics,
): EventDraft {
  return {
    type,
    data,
    timestamp: context.timestamp,
    sessionId: context.sessionId,
    agentVersion: context.agentVersion,
    parentSessionId: context.parentSessionId,
    workspace: context.workspace,
    branch: context.branch,
    model,
    metrics,
    anchor: context.anchor,
    key,
    revision: 1,
    position: context.position,
    complete,
    copied: context.copied,
  } as EventDraft;
}

/** The sub-agent that wrote a record, if one did. */
export function agentOf(record: JsonObject): string | undefined {
  return record.isSidechain === true ? asText(record.agentId) : undefined;
}

/** The session from which a fork copied a record, if it did. */
export function originOf(record: JsonObject): string | undefined {
  return asText(asObject(record.forkedFrom)?.sessionId);
}

/** A sub-agent's records carry the session of its parent; its own session is told apart by its id. */
export function sessionOf(session: string, agentId: string | undefined): string {
  return agentId === undefined ? session : `${session}/${agentId}`;
}
