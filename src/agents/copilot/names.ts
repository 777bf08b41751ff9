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
