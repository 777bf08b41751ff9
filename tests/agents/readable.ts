/**
 * All agents with what reads their sources, for tests that do not wait.
 *
 * @module
 */

import { type Agent, loadReading, type ReadableAgent } from "../../src/agents/agent.ts";
import { AGENTS } from "../../src/agents/agents.ts";

const READABLE = new Map<string, ReadableAgent>();
// One by one: Deno 2.9 hands out modules that are not there yet if several wait for one that awaits something.
for (const agent of AGENTS) READABLE.set(agent.id, await loadReading(agent));

/** The agent with what reads its sources. */
export function readable(agent: Agent | ReadableAgent): ReadableAgent {
  return "parser" in agent ? agent : READABLE.get(agent.id)!;
}
