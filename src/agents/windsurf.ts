/**
 * Windsurf: the transcripts that Cascade writes for hooks (`post_cascade_response_with_transcript`), of the latest hundred
 * conversations. What Windsurf keeps for itself is encrypted.
 *
 * @module
 */

import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading } from "./agent.ts";
import { jsonlFiles } from "./jsonl_files.ts";

/** What Windsurf writes, and where. */
export const windsurf: Agent = {
  ...jsonlFiles({ depth: 1 }),
  id: "windsurf",
  name: "Windsurf",
  proof: "read",
  files: "a conversation each, JSON lines, where a hook asks for them",
  adapterVersion: 1,
  roots: ({ os, home }) => [joinPath(os, home, ".windsurf", "transcripts")],

  async reading(): Promise<AgentReading> {
    const { WindsurfParser } = await import("./windsurf/parser.ts");
    return { parser: (source, emit, state) => new WindsurfParser(source, emit, state) };
  },
};
