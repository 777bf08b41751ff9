/**
 * What is where in Cursor's databases. Both tables map keys to JSON: `cursorDiskKV` holds `composerData:<id>`, a
 * conversation, and `bubbleId:<id>:<bubble>`, a message of it; `ItemTable` holds settings, the list of conversations, and
 * the chats of before 2024. Nothing else in it is looked at: there are keys to the user's account among it.
 *
 * Measured on six databases of 2023 to 2026; what panes hold is as several readers of them agree. There is no documentation
 * by the vendor.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { workspaceOf } from "../copilot/uri.ts";
import type { Database, DatabaseConversation, DatabaseLayout } from "../database.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { ITEMS, valueAt } from "../vscode_state.ts";

const STORE = "cursordiskkv";
const CONVERSATION = "composerData:";
const MESSAGE = "bubbleId:";
/** The list of conversations: when each changed, and which folder it is of. */
const HEADERS = "composer.composerHeaders";
/**
 * In the database of a window, the list of its conversations: all of them, or since 2026 those that are open. The panes that
 * showed one, each under a key of its own, name it by its view.
 */
const OWN_HEADERS = "composer.composerData";
const PANE = "workbench.panel.composerChatViewPane.";
const VIEW = "workbench.panel.aichat.view.";
/** The chats of before the composer, all in one value. */
const CHATS = "workbench.panel.aichat.view.aichat.chatdata";

/** Keys to encrypted parts of a conversation: not to be kept anywhere. */
const SECRETS: ReadonlySet<string> = new Set([
  "blobEncryptionKey",
  "speculativeSummarizationEncryptionKey",
]);

/** What Cursor's databases hold. */
export const CURSOR_DATABASE: DatabaseLayout = {
  *conversations(database: Database): Iterable<DatabaseConversation> {
    const headers = headersOf(database);
    for (const text of database.textsFrom(STORE, "key", CONVERSATION)) {
      const key = text.slice(CONVERSATION.length);
      yield { key, changedAt: asCount(headers.get(key)?.lastUpdatedAt) };
    }
    if (valueAt(database, ITEMS, CHATS) !== undefined) yield { key: CHATS };
  },

  members: [
    {
      table: STORE,
      conversationOf(row) {
        const key = row.get("key");
        if (typeof key !== "string") return undefined;
        if (key.startsWith(CONVERSATION)) return key.slice(CONVERSATION.length);
        // The id of a conversation may hold anything, that of a message holds no colon.
        return key.startsWith(MESSAGE) ? key.slice(MESSAGE.length, key.lastIndexOf(":")) : undefined;
      },
    },
    { table: ITEMS, conversationOf: (row) => row.get("key") === CHATS ? CHATS : undefined },
  ],

  *records(database: Database, key: string): Iterable<readonly [string, JsonObject]> {
    if (key === CHATS) {
      const chats = valueAt(database, ITEMS, CHATS);
      for (const tab of asList(asObject(chats)?.tabs) ?? []) {
        const id = asText(asObject(tab)?.tabId) ?? "";
        yield [`chat:${id}`, { chat: tab }];
      }
      return;
    }
    const value = valueAt(database, STORE, CONVERSATION + key);
    if (value === undefined) return;
    const composer = asObject(value);
    if (composer === undefined) {
      yield [CONVERSATION + key, { composer: value }];
      return;
    }
    const { conversation, conversationMap: _, ...rest } = composer;
    const header = headersOf(database).get(key);
    yield [CONVERSATION + key, { composer: withoutSecrets(rest), header }];
    const inline = asList(conversation) ?? [];
    for (const message of inline) {
      const id = asText(asObject(message)?.bubbleId) ?? "";
      yield [`${MESSAGE}${key}:${id}`, { bubble: message }];
    }
    if (inline.length > 0) return;
    const ids = (asList(composer.fullConversationHeadersOnly) ?? []).map((entry) =>
      asText(asObject(entry)?.bubbleId)
    );
    for (const id of new Set(ids)) {
      if (id === undefined) continue;
      const name = `${MESSAGE}${key}:${id}`;
      const bubble = valueAt(database, STORE, name);
      // Its name counts, whatever it says of itself.
      if (bubble !== undefined) yield [name, { bubble: { ...asObject(bubble), bubbleId: id } }];
    }
  },

  *workspaces(database: Database, companions): Iterable<readonly [string, string]> {
    const folder = workspaceOf(companions["workspace.json"]);
    if (folder === undefined) return;
    for (const id of conversationsOfWindow(database)) yield [id, folder];
  },
};

/** The ids of the conversations that a window lists, or has shown. */
function* conversationsOfWindow(database: Database): Generator<string> {
  const { allComposers, selectedComposerIds } = asObject(valueAt(database, ITEMS, OWN_HEADERS)) ?? {};
  for (const header of asList(allComposers) ?? []) {
    const id = asText(asObject(header)?.composerId);
    if (id !== undefined) yield id;
  }
  for (const id of asList(selectedComposerIds) ?? []) if (typeof id === "string") yield id;
  for (const key of database.textsFrom(ITEMS, "key", PANE)) {
    for (const name of Object.keys(asObject(valueAt(database, ITEMS, key)) ?? {})) {
      if (name.startsWith(VIEW)) yield name.slice(VIEW.length);
    }
  }
}

/** The entries of the list of conversations, by their ids: it is long, and asked for with each of them. */
function headersOf(database: Database): ReadonlyMap<unknown, JsonObject> {
  let headers = KNOWN_HEADERS.get(database);
  if (headers === undefined) {
    const list = asList(asObject(valueAt(database, ITEMS, HEADERS))?.allComposers) ?? [];
    headers = new Map(list.map(asObject).flatMap((header) => header ? [[header.composerId, header]] : []));
    KNOWN_HEADERS.set(database, headers);
  }
  return headers;
}

const KNOWN_HEADERS = new WeakMap<Database, ReadonlyMap<unknown, JsonObject>>();

function withoutSecrets(composer: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(composer).filter(([name]) => !SECRETS.has(name)));
}
