/**
 * GitHub Copilot in VS Code and the editors made of it.
 *
 * One file per chat session, `workspaceStorage/<window>/chatSessions/<session>.json` or, since 1.109, `.jsonl`, a log of
 * operations on the same document; `globalStorage/emptyWindowChatSessions/` holds those of windows without a folder.
 * Where both forms exist the `.json` is a leftover, unless the log was begun without the document that it changes.
 * Before March 2025 the sessions of a window stood in its database, `workspaceStorage/<window>/state.vscdb`, those of
 * windows without a folder in `globalStorage/state.vscdb`, and were left there when they became files. From microsoft/vscode
 * `src/vs/workbench/contrib/chat/common/model/{chatModel,chatSessionStore,objectMutationLog}.ts`; measured on sessions of
 * 2025 and 2026.
 *
 * What models used of which no session says it stands in `globalStorage/github.copilot-chat/agent-traces.db`, for seven days.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { isOfProduct, userFolders } from "./vscode_folders.ts";
import { REQUESTS, WORKSPACE_FILE } from "./copilot/names.ts";

/** What Copilot writes, and where. */
export const copilot: Agent = {
  id: "github-copilot",
  name: "GitHub Copilot",
  proof: "proven",
  files:
    "a chat session each, JSON and a log of changes to it; SQLite for those of before March 2025, and for traces",
  adapterVersion: 3,

  roots(environment: Environment): readonly string[] {
    const { os } = environment;
    return userFolders(environment).flatMap((folder) => [
      joinPath(os, folder, "workspaceStorage"),
      joinPath(os, folder, GLOBAL, EMPTY_WINDOWS),
      joinPath(os, folder, GLOBAL),
      joinPath(os, folder, GLOBAL, EXTENSION),
    ]);
  },

  classify(relativePath: string, root?: string): SourceKind | undefined {
    const parts = relativePath.split("/");
    if (TRACES.test(relativePath)) return { format: "database", twin: relativePath, rank: 3 };
    // The extension keeps other things there, too.
    if (root?.endsWith(EXTENSION)) return undefined;
    if (DATABASE.test(relativePath)) {
      // Cursor keeps its own conversations there, and none of Copilot's.
      const isForeign = root !== undefined && isOfProduct(root, "Cursor");
      return isForeign ? undefined : { format: "database", twin: relativePath, rank: 3 };
    }
    if (relativePath === SETTINGS) return undefined;
    // What the extension writes beside is read where the session itself is missing, as on a server.
    const [, , session] = TRANSCRIPT.exec(relativePath) ?? [];
    if (session !== undefined) return { format: "jsonl", twin: relativePath, rank: 2, standsInFor: session };
    const [, stem, form] = /^(.+)\.(jsonl?)$/.exec(relativePath) ?? [];
    if (stem === undefined || !(parts.length === 1 || SESSION_FOLDERS.has(parts.at(-2)!))) return undefined;
    return form === "jsonl"
      ? { format: "operations", twin: stem, rank: 0, beginning: DOCUMENT }
      : { format: "document", twin: stem, rank: 1 };
  },

  enters(relativePath: string): boolean {
    const parts = relativePath.split("/");
    // A root may also be a whole `User` folder, where the configuration names one.
    const below = STORAGES.has(parts[0]!) ? parts.slice(1) : parts;
    if (parts[0] === GLOBAL && below[0] === EXTENSION) return below.length === 1;
    // Below `globalStorage` each extension has a folder, in whose name there is a dot, and the empty windows are a root.
    if (below.length === 1) return !below[0]!.includes(".") && relativePath !== EMPTY_WINDOWS;
    return below.length === 0 || (below.length === 2 && SESSION_FOLDERS.has(below[1]!)) ||
      /^[^/]+\/GitHub\.copilot-chat(?:\/transcripts)?$/.test(below.join("/"));
  },

  // All else in the folder of all windows is of extensions.
  isFlat: (root) => root.endsWith(GLOBAL) || root.endsWith(EXTENSION),

  companions(relativePath: string): readonly string[] {
    const folder = TRANSCRIPT.exec(relativePath)?.[1] ?? DATABASE.exec(relativePath)?.[1] ??
      /^(.*)\/[^/]+\/[^/]+$/.exec(relativePath)?.[1];
    return folder === undefined ? [] : [`${folder}/${WORKSPACE_FILE}`];
  },

  listName: REQUESTS,

  async reading(): Promise<AgentReading> {
    const { CopilotCliParser } = await import("./copilot_cli/parser.ts");
    const { COPILOT_DATABASE } = await import("./copilot/database.ts");
    const { CopilotDatabaseParser } = await import("./copilot/database_parser.ts");
    const { CopilotParser } = await import("./copilot/parser.ts");
    const { COPILOT_TRACES } = await import("./copilot/traces.ts");
    const { CopilotTracesParser } = await import("./copilot/traces_parser.ts");
    const { anyOf } = await import("./table_layouts.ts");
    return {
      database: anyOf(COPILOT_DATABASE, COPILOT_TRACES),
      parser: (source, emit, state) =>
        TRANSCRIPT.test(source.relativePath)
          ? new CopilotCliParser(source, emit, state)
          : TRACES.test(source.relativePath)
          ? new CopilotTracesParser(emit)
          : DATABASE.test(source.relativePath)
          ? new CopilotDatabaseParser(source, emit)
          : new CopilotParser(source, emit),
    };
  },
};

/** The first operation of a log: the document. */
const DOCUMENT = /^\s*\{\s*"kind"\s*:\s*0\b/;
/** A transcript of the extension: the window, and the session. */
const TRANSCRIPT = /^(.+)\/GitHub\.copilot-chat\/transcripts\/([^/]+)\.jsonl$/;
/** What a window keeps of itself, or, directly in the root, what all windows share. */
const DATABASE = /^(?:(.+)\/)?state\.vscdb$/;
/** What the extension traced: directly in its folder, which is a root, or below a root that the configuration names. */
const TRACES = /^(?:globalStorage\/github\.copilot-chat\/)?agent-traces\.db$/;
/** What the editor knows of itself; it lies where sessions may lie. */
const SETTINGS = "storage.json";
const GLOBAL = "globalStorage";
/** The folder of the extension in that of all windows. */
const EXTENSION = "github.copilot-chat";
const EMPTY_WINDOWS = "emptyWindowChatSessions";
const SESSION_FOLDERS: ReadonlySet<string> = new Set(["chatSessions", EMPTY_WINDOWS]);
const STORAGES: ReadonlySet<string> = new Set(["workspaceStorage", GLOBAL]);
