/**
 * The lists of sessions that Kiro kept for each project until mid 2026, `sessions.json`:
 * `[{ sessionId, title, dateCreated: "<ms>", workspaceDirectory }]`. Seen in kenn-io/agentsview `internal/parser/kiro_ide.go`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { JsonObject, SourceInfo } from "../agent.ts";
import { asList, asObject, asText } from "../values.ts";

/** A session, as its list has it. */
export interface ListedSession {
  readonly id: string;
  /** Ms since the epoch. */
  readonly created?: number;
  readonly workspace?: string;
}

/** All sessions in the lists that lie beside a source. */
export function listedSessions({ companions = {} }: SourceInfo): readonly ListedSession[] {
  return Object.entries(companions).filter(([path]) => path.endsWith("/sessions.json"))
    .flatMap(([, list]) => asList(list) ?? []).map(asObject).flatMap(sessionOf);
}

/** The project whose folder in that of the agent is called so: the first half of the SHA-256 of its path. */
export function workspaceNamed(name: string, sessions: readonly ListedSession[]): string | undefined {
  const workspaces = new Set(sessions.map(({ workspace }) => workspace));
  return [...workspaces].find((workspace) => workspace !== undefined && nameOf(workspace) === name);
}

function sessionOf(entry: JsonObject | undefined): readonly ListedSession[] {
  const id = asText(entry?.sessionId);
  if (id === undefined) return [];
  const created = /^\d{12,14}$/.test(String(entry?.dateCreated)) ? Number(entry?.dateCreated) : undefined;
  return [{ id, created, workspace: asText(entry?.workspaceDirectory) }];
}

function nameOf(workspace: string): string {
  return createHash("sha256").update(workspace).digest("hex").slice(0, 32);
}
