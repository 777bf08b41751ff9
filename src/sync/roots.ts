/**
 * Where to look: the folders of all agents that the configuration leaves on.
 *
 * @module
 */

import type { Agent } from "../agents/agent.ts";
import { AGENTS, findAgent } from "../agents/agents.ts";
import { ownAgent, ownRoots } from "../agents/own.ts";
import type { AgentConfig, Config, CustomAgentConfig } from "../config/config.ts";
import type { Environment } from "../platform/environment.ts";
import type { SearchRoot } from "../sources/discover.ts";

/** The roots to search. */
export function searchRoots(config: Config, environment: Environment): SearchRoot[] {
  const known = AGENTS.flatMap((agent) => {
    const said = config.agents[agent.id];
    if (said !== undefined && !said.enabled) return [];
    const paths = said === undefined || said.paths === "auto" ? agent.roots(environment) : said.paths;
    const isUntrusted = agent.inWorkspaces !== undefined;
    return paths.map((root): SearchRoot => ({ agent, root, ...isUntrusted && { isUntrusted } }));
  });
  const own = Object.entries(config.agents).flatMap(([id, said]) =>
    isOwn(id, said) && said.enabled ? ownRoots(id, said, environment.os) : []
  );
  return [...known, ...own];
}

/** What the configuration says of an agent that the user describes, `undefined` of any other. */
export function ownConfig(config: Config, id: string): CustomAgentConfig | undefined {
  const said = config.agents[id];
  return said !== undefined && isOwn(id, said) ? said : undefined;
}

/** The agent of that id; `undefined` for one that the user described once. */
export function agentOf(config: Config, id: string): Agent | undefined {
  const own = ownConfig(config, id);
  return own === undefined ? findAgent(id) : ownAgent(id, own);
}

/** An agent that is known is none of the user's, whatever is said of it. */
function isOwn(id: string, said: AgentConfig): said is CustomAgentConfig {
  return "format" in said && findAgent(id) === undefined;
}
