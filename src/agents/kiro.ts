/**
 * Kiro, the editor: since mid 2026 a folder for each session below `~/.kiro/sessions`; before, in the folder of its agent, a
 * JSON file for each session, one for what each turn of it did, and until early 2026 a `.chat` for each step of a turn.
 *
 * @module
 */

import { type Environment, folderNamed } from "../platform/environment.ts";
import { joinPath } from "../platform/paths.ts";
import type { Agent, AgentReading, ListFolder, SourceKind } from "./agent.ts";
import { userFoldersOf } from "./vscode_folders.ts";

/** The folder of sessions in that of the agent, and the list of them in that of a project. */
const SESSIONS = "workspace-sessions";
const LIST = "sessions.json";

/**
 * The folder of what turns did, in that of a project: the first half of the SHA-256 of `KIRO::EXECUTION::SAVES`. The folder
 * of a project and the file of a turn are called so after the project's path and the turn's id.
 */
const EXECUTIONS = "414d1636299d2b9e4ce7e17fb11f63e9";

const EXECUTION = new RegExp(`^[0-9a-f]{32}/${EXECUTIONS}/(?:[0-9a-f]{32}|[0-9a-f-]{36})$`);
const CHAT = /^[0-9a-f]{32}\/[^/]+\.chat$/;
const SPINE = /^[^/]+\/[0-9a-f-]{36}\.json$/;
const MESSAGES = /^[^/]+\/sess_[^/]+\/messages\.jsonl$/;

const FOLDERS: readonly RegExp[] = [
  // Of a project. Beside them lie indexes and tools, what is a root itself, and the sessions of another agent (`cli`).
  new RegExp(`^(?!(?:cli|default|dev_data|index|out|${SESSIONS})$|\\.)[^/]+$`),
  /^[^/]+\/sess_[^/]+$/,
  new RegExp(`^[0-9a-f]{32}/${EXECUTIONS}$`),
];

/** What Kiro writes, and where. */
export const kiro: Agent = {
  id: "kiro",
  name: "Kiro",
  proof: "read",
  files: "a session each, JSON lines; before, JSON for each session and turn",
  adapterVersion: 2,

  roots(environment: Environment): readonly string[] {
    const { os, home } = environment;
    const folder = folderNamed(environment, "KIRO_HOME") ?? joinPath(os, home, ".kiro");
    const users = [
      ...userFoldersOf(environment, "Kiro"),
      joinPath(os, home, ".kiro-server", "data", "User"),
    ];
    return [
      joinPath(os, folder, "sessions"),
      ...users.flatMap((user) => {
        const agent = joinPath(os, user, "globalStorage", "kiro.kiroagent");
        return [joinPath(os, agent, SESSIONS), agent];
      }),
    ];
  },

  classify(relativePath: string): SourceKind | undefined {
    if (MESSAGES.test(relativePath)) return { format: "jsonl", twin: relativePath, rank: 0 };
    // Of a turn its execution knows most, the session the prompt as it was typed, and a chat neither session nor calls.
    const rank = [EXECUTION, SPINE, CHAT].findIndex((pattern) => pattern.test(relativePath));
    return rank === -1 ? undefined : { format: "document", twin: relativePath, rank };
  },

  enters: (relativePath) => FOLDERS.some((pattern) => pattern.test(relativePath)),

  companions(relativePath: string, list: ListFolder): readonly string[] {
    if (MESSAGES.test(relativePath)) return [relativePath.replace(/[^/]+$/, "session.json")];
    if (SPINE.test(relativePath)) return [relativePath.replace(/[^/]+$/, LIST)];
    // Which project these are of is known by its hash and by the session: one of the lists has it.
    return list(SESSIONS).map((project) => `${SESSIONS}/${project}/${LIST}`);
  },

  async reading(): Promise<AgentReading> {
    const { KiroChatParser } = await import("./kiro/chat_parser.ts");
    const { KiroExecutionParser } = await import("./kiro/execution_parser.ts");
    const { KiroSessionParser } = await import("./kiro/session_parser.ts");
    const { KiroSpineParser } = await import("./kiro/spine_parser.ts");
    return {
      parser(source, emit, state) {
        const { relativePath } = source;
        if (relativePath.endsWith(".jsonl")) return new KiroSessionParser(source, emit, state);
        if (relativePath.endsWith(".json")) return new KiroSpineParser(source, emit);
        if (relativePath.endsWith(".chat")) return new KiroChatParser(source, emit);
        return new KiroExecutionParser(source, emit);
      },
    };
  },
};
