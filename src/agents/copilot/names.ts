/**
 * Names in what GitHub Copilot writes.
 *
 * @module
 */

/** The key of the list of requests in a session. */
export const REQUESTS = "requests";

/** Says which folder a window is of; it lies beside the sessions of that window. */
export const WORKSPACE_FILE = "workspace.json";

/** The key under which a window kept its sessions, all in one value, before they were files. */
export const SESSIONS = "interactive.sessions";

/** Attributes of a traced call: the session that it works for below another one, or beside it. */
export const PARENT_SESSION = "copilot_chat.parent_chat_session_id";
/** … what was written to a cache … */
export const CACHE_WRITE = "gen_ai.usage.cache_creation.input_tokens";
/** … and why it ended, the JSON of a list. */
export const FINISH_REASONS = "gen_ai.response.finish_reasons";
