/**
 * Decides which events a remote gets: by agent, by workspace, by type.
 *
 * @module
 */

import type { RemoteConfig } from "../config/config.ts";
import { EVENT_TYPES, type EventType } from "../events/event.ts";
import { THIS_OS } from "../platform/environment.ts";
import { workspaceMatcher } from "../platform/workspaces.ts";
import type { StoreReader } from "../store/reader.ts";
import { nameText } from "../store/remotes.ts";
import type { Route } from "../store/remote_table.ts";

/** What a remote wants. An empty list is as good as none. */
export interface RouteFilter {
  readonly agents: readonly string[];
  readonly types: readonly EventType[];
  /** Whether events of a workspace are wanted; some have none. */
  readonly wantsWorkspace: (workspace: string | undefined) => boolean;
}

/** Decides by route, once for each. */
export class Routing {
  readonly #filter: RouteFilter;
  readonly #nameOf: (name: number) => string | undefined;
  readonly #known = new Map<string, boolean>();

  /** @param nameOf the text of a name of the store, `undefined` for 0 */
  constructor(filter: RouteFilter, nameOf: (name: number) => string | undefined) {
    this.#filter = filter;
    this.#nameOf = nameOf;
  }

  /** Whether events of that route are wanted. */
  wants(route: Route): boolean {
    const key = routeKey(route);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const wanted = this.#decide(route);
    this.#known.set(key, wanted);
    return wanted;
  }

  #decide({ agent, workspace, type }: Route): boolean {
    const { agents, types, wantsWorkspace } = this.#filter;
    return (agents.length === 0 || agents.includes(this.#nameOf(agent) ?? "")) &&
      (types.length === 0 || types.includes(EVENT_TYPES[type]!)) &&
      wantsWorkspace(this.#nameOf(workspace));
  }
}

/** A route as a key of a map. */
export function routeKey({ agent, workspace, type }: Route): string {
  return `${agent}/${workspace}/${type}`;
}

/** What a remote wants. */
export function routingOf(config: RemoteConfig, reader: () => StoreReader): Routing {
  const { agents, types, workspaces } = config;
  const wantsWorkspace = workspaceMatcher(workspaces, THIS_OS);
  return new Routing({ agents, types, wantsWorkspace }, (name) => nameText(reader(), name));
}
