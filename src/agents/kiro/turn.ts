/**
 * The turns of Kiro's sessions before mid 2026. Up to three files tell one: the session has its prompt and a word of answer,
 * the execution what was said and done, chats what went to the model. Each knows the id of the turn's execution, so what
 * they say of it are copies of the same events.
 *
 * @module
 */

/** The key of what was asked in a turn. */
export function promptKey(executionId: string): string {
  return `${executionId}:prompt`;
}

/** The key of what was answered in a turn: one event, as the session has one answer for it. */
export function answerKey(executionId: string): string {
  return `${executionId}:answer`;
}

/** The key of a call in a turn. */
export function callKey(executionId: string, id: string): string {
  return `${executionId}:${id}`;
}

/** What stands between the parts of an answer. */
export const BETWEEN_PARTS = "\n\n";
