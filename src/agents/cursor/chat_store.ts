/**
 * What is where in the databases of Cursor's command line, one for each chat: `meta` holds facts of the chat, JSON written in
 * hex digits; `blobs` what is in it, each under the hash of its bytes. The newest root, a protocol buffer, lists the messages
 * (field 1) and names the project (field 9).
 *
 * There is no documentation by the vendor; the shapes are those that several readers of it agree on.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import type { Database, DatabaseLayout } from "../database.ts";
import { asObject, asText } from "../values.ts";

/** Each database is one conversation. */
const CHAT = "chat";
const MESSAGES = 1;
const WORKSPACE = 9;

/** What the databases of chats hold. */
export const CHAT_STORE: DatabaseLayout = {
  *conversations(database: Database) {
    if (chatOf(database) !== undefined) yield { key: CHAT };
  },

  members: ["meta", "blobs"].map((table) => ({ table, conversationOf: () => CHAT })),

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    const chat = key === CHAT ? chatOf(database) : undefined;
    if (chat === undefined) return;
    const root = blobOf(database, asText(chat.latestRootBlobId));
    const fields = root === undefined ? [] : [...fieldsOf(root)];
    const workspace = fields.find(({ number }) => number === WORKSPACE)?.bytes;
    yield [CHAT, { chat, workspace: workspace && new TextDecoder().decode(workspace) }];
    for (const { number, bytes } of fields) {
      if (number !== MESSAGES) continue;
      const id = bytes.toHex();
      yield [`blob:${id}`, { message: jsonOf(blobOf(database, id)), id }];
    }
  },
};

/** The facts of the chat. */
function chatOf(database: Database): JsonObject | undefined {
  for (const row of database.rowsWhere("meta", "key", "0")) {
    const value = row.get("value");
    const text = typeof value === "string" ? value : undefined;
    if (text === undefined) continue;
    try {
      return asObject(
        JSON.parse(text.startsWith("{") ? text : new TextDecoder().decode(Uint8Array.fromHex(text))),
      );
    } catch {
      // Not what it was known to be: there is nothing that could be told.
    }
  }
  return undefined;
}

function blobOf(database: Database, id: string | undefined): Uint8Array | undefined {
  if (id === undefined) return undefined;
  for (const row of database.rowsWhere("blobs", "id", id)) {
    const data = row.get("data");
    if (data instanceof Uint8Array) return data;
    if (typeof data === "string") return new TextEncoder().encode(data);
  }
  return undefined;
}

/** The JSON in a blob; `undefined` where it is something else, which the parser counts. */
function jsonOf(blob: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(blob));
  } catch {
    return undefined;
  }
}

interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** The fields of a protocol buffer that are bytes; it ends where something can't be read. */
function* fieldsOf(buffer: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < buffer.length; shift += 7) {
      const byte = buffer[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return NaN;
  };
  while (at < buffer.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const length = varint();
        if (!(at + length <= buffer.length)) return;
        yield { number: Math.floor(tag / 8), bytes: buffer.subarray(at, at + length) };
        at += length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return;
    }
  }
}
