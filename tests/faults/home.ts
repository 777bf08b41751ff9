/**
 * Homes with the history of two agents in them, small enough to be read a hundred times.
 *
 * @module
 */

import { generateHome } from "../../scripts/generate_home.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

/** A session that was resumed twice, forked and had sub-agents: the same messages stand in several files. */
const CLAUDE_CODE = [
  "session",
  "resumed_same_uuids",
  "resumed_new_uuids",
  "forked",
  "agent-a1b2c3d",
  "agent-aside_9",
];
/** Threads and their forks. */
const CODEX = ["parent", "fork", "fork_of_fork", "kinds", "bare", "old_parent", "old_resume"];

/** The project folder of Claude Code below a home. */
export const PROJECT = ".claude/projects/-home-ada-shop";

/**
 * Fills a home with made-up sessions and with the fixtures, copies of sessions among them.
 *
 * @param bytes of the made-up sessions together
 * @param files how many of those there are
 */
export function fillHome(home: string, bytes: number, files: number, seed: number): void {
  generateHome(home, { bytes, files, seed, shape: "small", now: Date.parse("2026-02-01T00:00:00Z") });
  const sessions = `${home}/.codex/sessions/2026/01/23`;
  Deno.mkdirSync(`${home}/${PROJECT}`, { recursive: true });
  Deno.mkdirSync(sessions, { recursive: true });
  for (const name of CLAUDE_CODE) {
    Deno.copyFileSync(new URL(`claude-code/${name}.jsonl`, FIXTURES), `${home}/${PROJECT}/${name}.jsonl`);
  }
  for (const name of CODEX) {
    Deno.copyFileSync(new URL(`codex/${name}.jsonl`, FIXTURES), `${sessions}/rollout-${name}.jsonl`);
  }
}

/** A folder of its own for a test, removed when it is disposed of. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog-faults-" }));
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
