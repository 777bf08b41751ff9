/**
 * Agents that the user describes in the configuration: JSON lines anywhere, with a map from their fields to those of an
 * event.
 *
 * @module
 */

// @ts-types="../platform/picomatch.d.ts"
import picomatch from "picomatch";
import type { CustomAgentConfig } from "../config/config.ts";
import { hashText } from "../events/hash.ts";
import type { Os } from "../platform/environment.ts";
import { separatorOf } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";

/** A folder that is searched, and the agent that finds there what its paths mean. */
export interface OwnRoot {
  readonly agent: Agent;
  readonly root: string;
}

/** The roots of an agent, one for each folder that paths of it begin with. */
export function ownRoots(id: string, config: CustomAgentConfig, os: Os): readonly OwnRoot[] {
  const below = Map.groupBy(config.paths.map((path) => splitPath(path, os)), ({ root }) => root);
  return Array.from(below, ([root, paths]) => {
    const layout = layoutOf(paths.map(({ pattern }) => pattern), os);
    return { root, agent: { ...ownAgent(id, config), roots: () => [root], ...layout } };
  });
}

/** The agent without a place: enough to read what was found. */
export function ownAgent(id: string, { map }: CustomAgentConfig): Agent {
  return {
    id,
    name: id,
    proof: "read",
    files: "as its configuration says, JSON lines",
    isOwn: true,
    // When the map changes, or what is made of it, all is read again.
    adapterVersion: Number(BigInt(`0x${hashText(`2 ${JSON.stringify(map)}`)}`) & 0x7fff_ffffn),
    roots: () => [],
    classify: () => undefined,
    enters: () => false,
    async reading(): Promise<AgentReading> {
      const { OwnParser } = await import("./own/parser.ts");
      return { parser: (source, emit, state) => new OwnParser(map, source, emit, state) };
    },
  };
}

/** The folder that a path begins with, and what must match below it. */
function splitPath(path: string, os: Os): { readonly root: string; readonly pattern: string } {
  const parts = path.replaceAll(separatorOf(os), "/").split("/");
  // Folders have them in their names: `Program Files (x86)`.
  const globs = parts.map((part) => part.replace(/[()]/g, "\\$&"));
  const wild = globs.findIndex((part) => picomatch.scan(part).isGlob);
  const at = wild < 0 ? parts.length - 1 : wild;
  const root = parts.slice(0, at).join(separatorOf(os));
  // Without a separator a drive is the folder that one is in there.
  const isTop = root === "" || /^[a-z]:$/i.test(root);
  return { root: isTop ? root + separatorOf(os) : root, pattern: globs.slice(at).join("/") };
}

function layoutOf(patterns: readonly string[], os: Os): Pick<Agent, "classify" | "enters"> {
  const matches = picomatch([...patterns], { dot: true, nocase: os !== "linux", nonegate: true });
  const depth = Math.max(
    ...patterns.map((pattern) => pattern.includes("**") ? Infinity : pattern.split("/").length),
  );
  return {
    classify: (relativePath) =>
      matches(relativePath) ? { format: "jsonl", twin: relativePath, rank: 0 } : undefined,
    enters: (relativePath) => relativePath.split("/").length < depth,
  };
}
