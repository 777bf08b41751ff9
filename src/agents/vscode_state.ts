/**
 * What VS Code and the editors made of it keep in `state.vscdb`: a table of keys and values, most of them JSON. There are
 * keys to accounts among it: only what is asked for by name is looked at.
 *
 * @module
 */

import type { Database } from "./database.ts";

/** The table. */
export const ITEMS = "itemtable";

/** The JSON under a key: `undefined` where there is none, the text itself where it is no JSON. */
export function valueAt(database: Database, table: string, key: string): unknown {
  for (const row of database.rowsWhere(table, "key", key)) {
    const value = row.get("value");
    if (value === null || value === undefined) continue;
    const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
    try {
      return JSON.parse(text) ?? undefined;
    } catch {
      return text;
    }
  }
  return undefined;
}
