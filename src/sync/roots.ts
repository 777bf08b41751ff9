/**
 * Where to look: the folders of all agents that the configuration leaves on.
 *
 * @module
 */

import { AGENTS } from "../agents/agents.ts";
import type { Config } from "../config/config.ts";
import type { Environment } from "../platform/environment.ts";
import type { SearchRoot } from "../sources/discover.ts";

/** The roots to search. */
export function searchRoots(config: Config, environment: Environment): SearchRoot[] {
  return AGENTS.flatMap((agent) => {
    const said = config.agents[agent.id];
    if (said !== undefined && !said.enabled) return [];
    const paths = said === undefined || said.paths === "auto" ? agent.roots(environment) : said.paths;
    return paths.map((root) => ({ agent, root }));
  });
}
