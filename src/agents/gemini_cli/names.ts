/**
 * Names in what Gemini CLI writes.
 *
 * @module
 */

/** The key of the list of messages in a document. */
export const MESSAGES = "messages";

/** Says which project a folder is of; it lies above all of them. */
export const PROJECTS_FILE = "projects.json";
