/**
 * What an error of PostgreSQL, or of the way there, means for a batch.
 *
 * @module
 */

import type { Answer } from "../remote.ts";

/** What a kind of error means, by how its SQLSTATE begins (PostgreSQL documentation, appendix A). */
const STATES:
  readonly (readonly [RegExp, "unavailable" | "refused" | "unacceptable" | "too-large", string])[] = [
    [/^28/, "refused", "; look at user and password"],
    [/^3D000/, "refused", "; make the database, or name another one in `url`"],
    [/^42501/, "refused", "; the user needs `create` on the database, or a schema of its own"],
    [/^(?:3F|42|0A)/, "refused", ""],
    [/^25006/, "refused", "; it is read-only"],
    [/^(?:08|40|53|55|57|58)/, "unavailable", ""],
    [/^54/, "too-large", ""],
    [/^(?:21|22|23)/, "unacceptable", ""],
  ];

/** What an error means. Its message says what is wrong and never holds a secret. */
export function answerToError(error: unknown, host: string): Answer {
  const { code, message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const state = STATES.find(([pattern]) =>
    code !== undefined && /^[0-9A-Z]{5}$/.test(code) && pattern.test(code)
  );
  if (state !== undefined) {
    const [, kind, hint] = state;
    const text = `${message} (${code})${hint}`;
    return kind === "unacceptable" ? { kind, message: text, rejected: [] } : { kind, message: text };
  }
  if (/certificate|tls|ssl|self.signed/i.test(message)) {
    return { kind: "refused", message: `TLS with ${host} fails: ${message}` };
  }
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { kind: "unavailable", message: `the name ${host} can't be resolved (DNS)` };
    case "ECONNREFUSED":
      return { kind: "unavailable", message: `${host} refuses the connection: nothing listens there` };
    case "ETIMEDOUT":
      return { kind: "unavailable", message: `${host} does not answer` };
  }
  if (/timeout expired/i.test(message)) return { kind: "unavailable", message: `${host} does not answer` };
  // All else is of the connection: it was cut, ended, or never came about.
  return { kind: "unavailable", message: `${host}: ${message}` };
}
