/**
 * Aider: `.aider.chat.history.md` in each project, Markdown that is only ever added to. There is no central place: it is
 * looked for in the workspaces that other agents' sessions name, and below the folders that the configuration names.
 *
 * @module
 */

import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { entersProjects } from "./project_folders.ts";

const FILE = ".aider.chat.history.md";

/** What Aider writes, and where. */
export const aider: Agent = {
  id: "aider",
  name: "Aider",
  proof: "proven",
  files: "a Markdown file in each project",
  adapterVersion: 1,
  inWorkspaces: { folder: "", names: [FILE] },

  roots: () => [],

  classify(relativePath: string): SourceKind | undefined {
    return relativePath === FILE || relativePath.endsWith(`/${FILE}`)
      ? { format: "text", twin: relativePath, rank: 0 }
      : undefined;
  },

  enters: (relativePath) => entersProjects(relativePath),
  isFlat: () => true,

  async reading(): Promise<AgentReading> {
    const { AiderParser } = await import("./aider/parser.ts");
    return { parser: (source, emit, state) => new AiderParser(source, emit, state) };
  },
};
