/**
 * How much of an event leaves the machine.
 *
 * - `none`: what happened and how much of it, not what was written. The fields are those that `events/content.ts` calls
 *   metadata, so a new field of an event is held back until it is named there.
 * - `redacted`: everything, secrets replaced.
 * - `full`: everything.
 *
 * @module
 */

import type { ContentLevel, RemoteConfig } from "../config/config.ts";
import { DATA_FIELDS } from "../events/content.ts";
import type { AgentEvent } from "../events/event.ts";
import type { Redactor } from "./redact.ts";
import type { OutgoingEvent } from "./remote.ts";

/** What decides about content. */
export interface ContentRules {
  readonly level: ContentLevel;
  /** What `none` sends though it says something of the work. */
  readonly include: RemoteConfig["include"];
  /** Replaces the secrets in a text, and in a value of any shape. */
  readonly redactor: Pick<Redactor, "redact" | "redactValue">;
  /** Names a workspace so that nobody who does not know its path can find it out. */
  readonly hashWorkspace: (path: string) => string;
}

/** The event as it may leave. */
export function applyContent(event: AgentEvent, rules: ContentRules): OutgoingEvent {
  switch (rules.level) {
    case "full":
      return event;
    case "redacted":
      return redactEvent(event, rules.redactor);
    case "none":
      return bareEvent(event, rules);
  }
}

function redactEvent(event: AgentEvent, redactor: ContentRules["redactor"]): OutgoingEvent {
  const { workspace, repository, branch, data } = event;
  return {
    ...event,
    ...(workspace !== undefined && { workspace: redactor.redact(workspace) }),
    ...(repository !== undefined && { repository: redactor.redact(repository) }),
    ...(branch !== undefined && { branch: redactor.redact(branch) }),
    data: redactor.redactValue(data),
  } as OutgoingEvent;
}

function bareEvent(event: AgentEvent, { include, hashWorkspace }: ContentRules): OutgoingEvent {
  const { workspace, repository, branch, data, ...rest } = event;
  const fields: readonly string[] = DATA_FIELDS[event.type].metadata;
  return {
    ...rest,
    ...(workspace !== undefined && { workspaceHash: hashWorkspace(workspace) }),
    ...(workspace !== undefined && include.includes("path") && { workspace }),
    ...(repository !== undefined && include.includes("repository") && { repository }),
    ...(branch !== undefined && include.includes("branch") && { branch }),
    data: Object.fromEntries(Object.entries(data).filter(([name]) => fields.includes(name))),
  } as OutgoingEvent;
}

/** The rules that count for what a remote has had, as a text that is stored and compared. */
export function contentText({ content, include }: Pick<RemoteConfig, "content" | "include">): string {
  return JSON.stringify({ content, ...(content === "none" && { include: include.toSorted() }) });
}

const LEVELS: readonly ContentLevel[] = ["none", "redacted", "full"];

/** Whether rules let something leave that those of before held back. */
export function isWider(now: string, before: string): boolean {
  const [wide, narrow] = [now, before].map((text) => JSON.parse(text)) as [ContentText, ContentText];
  const difference = LEVELS.indexOf(wide.content) - LEVELS.indexOf(narrow.content);
  if (difference !== 0) return difference > 0;
  return (wide.include ?? []).some((name) => !(narrow.include ?? []).includes(name));
}

interface ContentText {
  readonly content: ContentLevel;
  readonly include?: readonly string[];
}
