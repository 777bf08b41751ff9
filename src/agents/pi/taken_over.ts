/**
 * Tells the entries that omp made of a session of another agent. From can1357/oh-my-pi
 * `packages/coding-agent/src/session/claude-session-store.ts` and `codex-session-store.ts`.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asText } from "../values.ts";

/** Their ids: `claude-<uuid>-message-3`, `codex-1a`. Omp's own are numbers in hexadecimal. */
const TAKEN_OVER = /^(?:claude-.+-(?:message|user-\d+|tool-\d+)-\d+|codex-[0-9a-z]+)(?:-\d+)?$/;

/** Whether an entry tells what was said in a session of another agent, whose own history tells it. */
export function isTakenOver({ type, id }: JsonObject): boolean {
  return (type === "message" || type === "compaction") && TAKEN_OVER.test(asText(id) ?? "");
}
