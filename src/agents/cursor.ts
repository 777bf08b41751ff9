/**
 * Cursor: the editor keeps all conversations in one database, `User/globalStorage/state.vscdb`; until 2024 each window had
 * its own below `User/workspaceStorage`. Its command line keeps a database for each chat below `~/.cursor/chats`, and both
 * write transcripts below `~/.cursor/projects`, which say less.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, SourceKind } from "./agent.ts";
import { configFolder, userFoldersOf } from "./vscode_folders.ts";

/** What Cursor writes, and where. */
export const cursor: Agent = {
  id: "cursor",
  name: "Cursor",
  proof: "proven",
  files:
    "one SQLite database for all conversations, older ones for each window; of the command line one for each chat",
  adapterVersion: 4,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const join = (...parts: [string, ...string[]]) => joinPath(os, ...parts);
    const folder = folderNamed(environment, "CURSOR_CONFIG_DIR") ?? join(home, ".cursor");
    return [
      ...userFoldersOf(environment, "Cursor").flatMap((folder) =>
        ["globalStorage", "workspaceStorage"].map((name) => join(folder, name))
      ),
      join(folder, "chats"),
      ...os === "linux" ? [join(configFolder(environment), "cursor", "chats")] : [],
      join(folder, "projects"),
    ];
  },

  classify(relativePath: string): SourceKind | undefined {
    if (/^(?:[^/]+\/)?state\.vscdb$/.test(relativePath) || CHAT.test(relativePath)) {
      return { format: "database", twin: relativePath, rank: 0 };
    }
    const [, session, form] = TRANSCRIPT.exec(relativePath) ?? [];
    if (session === undefined) return undefined;
    const named = { twin: `transcript:${session}`, standsInFor: session };
    return form === "jsonl" ? { format: "jsonl", rank: 1, ...named } : { format: "page", rank: 2, ...named };
  },

  enters: (relativePath) => FOLDER.test(relativePath),

  isFlat: (root) => root.endsWith("globalStorage"),

  companions(relativePath: string): readonly string[] {
    const folder = /^(.+)\/state\.vscdb$/.exec(relativePath)?.[1];
    return folder === undefined ? [] : [`${folder}/workspace.json`];
  },

  // Until 2026 only the database of a window said which conversations are its own.
  neighbours: (relativePath) =>
    relativePath === "state.vscdb" ? { root: "workspaceStorage", file: "state.vscdb" } : undefined,

  async reading(): Promise<AgentReading> {
    const { CursorChatParser } = await import("./cursor/chat_parser.ts");
    const { CHAT_STORE } = await import("./cursor/chat_store.ts");
    const { CURSOR_DATABASE } = await import("./cursor/database.ts");
    const { anyOf } = await import("./table_layouts.ts");
    const { CursorParser } = await import("./cursor/parser.ts");
    const { CursorTextTranscriptParser } = await import("./cursor/text_transcript_parser.ts");
    const { CursorTranscriptParser } = await import("./cursor/transcript_parser.ts");
    return {
      database: anyOf(CURSOR_DATABASE, CHAT_STORE),
      parser: (source, emit, state) =>
        source.relativePath.endsWith(".vscdb")
          ? new CursorParser(source, emit)
          : source.relativePath.endsWith(".db")
          ? new CursorChatParser(source, emit)
          : source.relativePath.endsWith(".txt")
          ? new CursorTextTranscriptParser(source, emit)
          : new CursorTranscriptParser(source, emit, state),
    };
  },
};

/** Below a hash of the project's folder. */
const CHAT = /^[0-9a-f]{32}\/[^/]+\/store\.db$/;
/** Below a name of the project's folder; a sub-agent's lies in a folder of the session that started it. */
const TRANSCRIPT = /^(?:[^/]+\/)?agent-transcripts\/(?:[^/]+\/(?:subagents\/)?)?([^/]+)\.(jsonl|txt)$/;
/**
 * The folders of windows and chats are named by a hash or a time, those of projects by their path. Beside them, below
 * `globalStorage`, each extension has a folder, in whose name there is a dot.
 */
const FOLDER =
  /^(?:[0-9a-f]{32}(?:\/[0-9a-f-]{36})?|[^/.]+|(?:[^/.]+\/)?agent-transcripts(?:\/[^/]+(?:\/subagents)?)?)$/;
