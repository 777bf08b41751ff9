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
import type { Agent, AgentReading } from "./agent.ts";

/** One of its paths: the folder that is searched, and the agent that finds there what the path means. */
export interface OwnRoot {
  readonly agent: Agent;
  readonly root: string;
}

/** The roots of an agent, one for each of its paths. */
export function ownRoots(id: string, config: CustomAgentConfig, os: Os): readonly OwnRoot[] {
  return config.paths.map((path) => {
    const { root, pattern } = splitPath(path, os);
    return { root, agent: { ...ownAgent(id, config), roots: () => [root], ...layoutOf(pattern, os) } };
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
    // When the map changes, all is read again.
    adapterVersion: Number(BigInt(`0x${hashText(JSON.stringify(map))}`) & 0x7fff_ffffn),
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
  const parts = path.replaceAll(os === "windows" ? "\\" : "/", "/").split("/");
  const wild = parts.findIndex((part) => picomatch.scan(part).isGlob);
  const at = wild < 0 ? parts.length - 1 : wild;
  const root = parts.slice(0, at).join(os === "windows" ? "\\" : "/");
  return { root: root === "" ? "/" : root, pattern: parts.slice(at).join("/") };
}

function layoutOf(pattern: string, os: Os): Pick<Agent, "classify" | "enters"> {
  const matches = picomatch([pattern], { dot: true, nocase: os !== "linux", nonegate: true });
  const depth = pattern.includes("**") ? Infinity : pattern.split("/").length;
  return {
    classify: (relativePath) =>
      matches(relativePath) ? { format: "jsonl", twin: relativePath, rank: 0 } : undefined,
    enters: (relativePath) => relativePath.split("/").length < depth,
  };
}
