/**
 * OpenAI Codex CLI: the command line, its editor extension and its desktop app all write the same rollouts.
 *
 * One file per thread, `sessions/YYYY/MM/DD/rollout-<local time>-<thread id>.jsonl`, append-only; archiving
 * moves it to `archived_sessions/`, and a background worker may compress it there (`.jsonl.zst`). A fork, and
 * a resume of 0.36, starts a new file with the lines of its parent; since 0.153 a thread may go on in another
 * file, `rollout-<local time>-<thread id>_<id>.jsonl`, without them. Measured on rollouts of versions
 * before 0.30 (bare items), 0.34 and 0.118 to 0.147; layout of forks and archives from openai/codex
 * `codex-rs/rollout` and `codex-rs/core`.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";

/** What Codex writes, and where. */
export const codex: Agent = {
  id: "codex",
  name: "Codex CLI",
  proof: "proven",
  files: "a thread each, JSON lines, plain and zstd",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    // A relative one means another folder in each folder that Codex runs in.
    return [folderNamed(environment, "CODEX_HOME") ?? joinPath(os, home, ".codex")];
  },

  classify(relativePath: string): SourceKind | undefined {
    if (!isInSessions(relativePath)) return undefined;
    const [, name, compressed] = ROLLOUT.exec(relativePath) ?? [];
    if (name === undefined) return undefined;
    const twin = threadInName(name) ?? name;
    // Resuming an archived thread writes the plain file back before it removes the compressed one: the plain
    // one counts.
    return compressed === undefined
      ? { format: "jsonl", twin, rank: 0 }
      : { format: "jsonl.zst", twin, rank: 1 };
  },

  enters: isInSessions,

  async reading(): Promise<AgentReading> {
    const { CodexParser } = await import("./codex/parser.ts");
    return {
      parser({ relativePath }, emit, state) {
        const name = ROLLOUT.exec(relativePath)?.[1] ?? relativePath;
        return new CodexParser(threadInName(name) ?? name, emit, state);
      },
    };
  },
};

/** Whether a path is one of the folders that hold rollouts, or below it. */
function isInSessions(relativePath: string): boolean {
  return FOLDERS.includes(relativePath.split("/", 1)[0]!);
}

const FOLDERS: readonly string[] = ["sessions", "archived_sessions"];

/** The name of a rollout without its ending, and whether it is compressed. */
const ROLLOUT = /\/([^/]+)\.jsonl(\.zst)?$/;

/** The thread id at the end of a rollout's name. */
function threadInName(name: string): string | undefined {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(name)?.[0];
}
