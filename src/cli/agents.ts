/**
 * `agents`: every supported agent, where it was looked for and what was found.
 *
 * @module
 */

import type { Proof } from "../agents/agent.ts";
import type { Config } from "../config/config.ts";
import { PROGRAM } from "../platform/program.ts";
import type { AgentHoldings } from "../store/agent_events.ts";
import type { Projects } from "../sync/projects.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT } from "./errors.ts";
import { countOf, formatAge, formatBytes, formatCount } from "./format.ts";
import { jsonText } from "./json_text.ts";
import { findStore, withStoreIfAny } from "./open_store.ts";
import { sanitize } from "./sanitize.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** The command. */
export const command: Command = {
  name: "agents",
  summary: "Show every agent, where it was looked for and what was found",
  usage: "agents [OPTIONS]",
  options: [FORMAT_OPTION],
  examples: [
    { command: `${PROGRAM} agents`, description: "What is supported, and what of it is here" },
    {
      command: `${PROGRAM} agents --format json | jq '.[] | select(.sources > 0).id'`,
      description: "For scripts",
    },
  ],
  run,
};

/** A folder that was looked at. */
export interface LookedAt {
  readonly path: string;
  readonly exists: boolean;
  readonly sources: number;
  readonly bytes: number;
}

/** What `agents --format json` prints of each; `docs/commands.md` explains the keys. Times are ms since the epoch. */
export interface AgentFacts {
  readonly id: string;
  readonly name: string;
  /** How far its adapter is known to be right. */
  readonly proof: Proof;
  readonly enabled: boolean;
  /** What is on the disk now. */
  readonly sources: number;
  readonly bytes: number;
  /** What is in the store. */
  readonly sessions: number;
  readonly events: number;
  readonly firstAt?: number;
  readonly lastAt?: number;
  readonly deletesAfterDays?: number;
  /** It writes into the projects themselves: it is looked for in each workspace that a session names. */
  readonly inWorkspaces?: true;
  readonly folders: readonly LookedAt[];
  /** What could not be searched, and why. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

async function run({ options, terminal, environment }: Invocation): Promise<number> {
  const { loadConfig } = await import("../config/load.ts");
  const { config } = await loadConfig(undefined, environment);
  const { database } = await findStore(environment, terminal);
  const { Projects } = await import("../sync/projects.ts");
  const { readAgentHoldings } = await import("../store/agent_events.ts");
  const projects = new Projects();
  const holdings = await withStoreIfAny(database, async (reader) => {
    await projects.refresh(reader, environment, Date.now());
    return readAgentHoldings(reader);
  }, new Map<string, AgentHoldings>());
  const facts = await gatherAgents(config, environment, holdings, projects);
  if (options.text("format") === "json") terminal.out(`${jsonText(facts, 2)}\n`);
  else terminal.out(renderAgents(facts, Date.now(), terminal));
  return EXIT.done;
}

async function gatherAgents(
  config: Config,
  environment: Invocation["environment"],
  holdings: ReadonlyMap<string, AgentHoldings>,
  projects: Projects,
): Promise<readonly AgentFacts[]> {
  const { AGENTS } = await import("../agents/agents.ts");
  const { discover } = await import("../sources/discover.ts");
  const { ownConfig, searchRoots } = await import("../sync/roots.ts");
  const { ownAgent } = await import("../agents/own.ts");
  const own = Object.keys(config.agents).flatMap((id) => {
    const said = ownConfig(config, id);
    return said === undefined ? [] : [ownAgent(id, said)];
  });
  const known = searchRoots(config, environment);
  const all = [...known, ...projects.roots(config, known)];
  return [...AGENTS, ...own].map((agent): AgentFacts => {
    const enabled = config.agents[agent.id]?.enabled ?? true;
    const searched = all.filter((root) => root.agent.id === agent.id);
    const { sources, roots, problems } = discover(searched);
    const folders = roots
      // What is in a project may have been found below another folder.
      .filter(({ root, names }) => names === undefined || sources.some((source) => source.root === root))
      .map(({ root, missing }) => {
        const here = sources.filter((source) => source.root === root);
        return { path: root, exists: !missing, sources: here.length, bytes: bytesOf(here) };
      });
    const held = holdings.get(agent.id);
    return {
      id: agent.id,
      name: agent.name,
      proof: agent.proof,
      enabled,
      sources: sources.length,
      bytes: bytesOf(sources),
      sessions: held?.sessions ?? 0,
      events: held?.events ?? 0,
      ...(held !== undefined && { firstAt: held.firstAt, lastAt: held.lastAt }),
      ...(agent.deletesAfterDays !== undefined && { deletesAfterDays: agent.deletesAfterDays }),
      ...(agent.inWorkspaces !== undefined && { inWorkspaces: true as const }),
      folders,
      problems,
    };
  });
}

function bytesOf(sources: readonly { readonly stamp: { readonly size: number } }[]): number {
  return sources.reduce((sum, { stamp }) => sum + stamp.size, 0);
}

/** Draws them. Exported for its test. */
export function renderAgents(
  facts: readonly AgentFacts[],
  now: number,
  { columns, colour }: Pick<Terminal, "columns" | "colour">,
): string {
  // Those that are here come first: nobody uses thirty agents.
  const [here, others] = [facts.filter(isHere), facts.filter((agent) => !isHere(agent))];
  const rows = [...here, ...others].map((agent) => [
    agent.id,
    agent.proof,
    formatCount(agent.sources),
    formatBytes(agent.bytes),
    formatCount(agent.sessions),
    formatCount(agent.events),
    agent.lastAt === undefined ? "never" : formatAge(agent.lastAt, now),
  ]);
  const drawn = table(rows, [
    { header: "Agent" },
    { header: "Proof" },
    { header: "Sources", align: "right" },
    { header: "Size", align: "right" },
    { header: "Sessions", align: "right" },
    { header: "Events", align: "right" },
    { header: "Last event", align: "right" },
  ], { width: columns, paintHeader: colour.dim });
  const folders = here.map((agent) => renderFolders(agent, colour));
  return [drawn, ...folders, others.map((agent) => renderMissing(agent, colour)).join("")].join("\n");
}

/** Whether anything of an agent was found, now or once, or could not be searched. */
function isHere({ sources, events, folders, problems }: AgentFacts): boolean {
  return sources + events + problems.length > 0 || folders.some(({ exists }) => exists);
}

/** Where an agent was looked for of which there is nothing. */
function renderMissing(
  { name, id, enabled, folders, inWorkspaces }: AgentFacts,
  colour: Terminal["colour"],
): string {
  const [first, ...more] = folders;
  const where = !enabled
    ? `turned off in the configuration: agents.${id}.enabled`
    : inWorkspaces
    ? "not found; looked for in the projects that sessions name"
    : `not found; looked for in ${sanitize(first?.path ?? "no folder")}` +
      (more.length > 0 ? ` and in ${placesOf(more.length)}` : "");
  return `${colour.bold(name)} (${id}): ${where}\n`;
}

/** The folders of an agent; those that are missing are counted where others are there. */
function renderFolders(agent: AgentFacts, colour: Terminal["colour"]): string {
  const title = `${colour.bold(agent.name)} (${agent.id})`;
  if (!agent.enabled) return `${title}\n  turned off in the configuration: agents.${agent.id}.enabled\n`;
  const there = agent.folders.filter(({ exists }) => exists);
  const missing = agent.folders.filter(({ exists }) => !exists);
  const lines = there.map(({ path, sources, bytes }) =>
    `  ${sanitize(path)}: ${
      sources === 0 ? "nothing yet" : `${countOf(sources, "source")}, ${formatBytes(bytes)}`
    }`
  );
  if (agent.inWorkspaces) lines.push(colour.dim("  looked for in the projects that sessions name"));
  else if (there.length === 0) {
    lines.push(`  not found; looked for in ${sanitize(missing[0]?.path ?? "no folder")}`);
    if (missing.length > 1) lines.push(`  and in ${placesOf(missing.length - 1)}`);
  } else if (missing.length > 0) {
    lines.push(colour.dim(`  and looked for in ${placesOf(missing.length)}`));
  }
  for (const { path, reason } of agent.problems) {
    lines.push(colour.yellow(`  ${sanitize(path)} can't be searched: ${sanitize(reason)}`));
  }
  return `${[title, ...lines].join("\n")}\n`;
}

function placesOf(count: number): string {
  return `${formatCount(count)} more place${count === 1 ? "" : "s"}`;
}
