/**
 * Tells the ids of calls that are no ids: Kimi's models number their calls within a conversation, by the name of the tool, and
 * begin anew where the conversation was compacted. Agents that were made for other models take that for an id.
 *
 * @module
 */

/** So much is beside the name of the tool at the most: `functions.`, `:` and six digits. */
const MOST_BESIDE = 17;

/** Whether an id is but the name of the tool and a number: `functions.Bash:0`, and as proxies write it, `Bash:0`, `Bash_0`. */
export function isNumbered(callId: string, tool: string): boolean {
  // All calls come by here, and ids are long as a rule.
  if (callId.length > tool.length + MOST_BESIDE) return false;
  const named = callId.replace(/^functions[._]/, "");
  return named.startsWith(tool) && /^[:_]\d{1,6}$/.test(named.slice(tool.length));
}

/** What a call is known by where messages have no times of their own: its id, unless that is but a number; then its message, too. */
export function keyOfCall(callId: string, tool: string, message: string): string {
  return isNumbered(callId, tool) ? `${message}:${callId}` : callId;
}
