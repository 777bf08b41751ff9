/**
 * The event: the one record that everything a coding agent wrote becomes.
 *
 * `query --format jsonl`, every remote and the store speak exactly these names.
 *
 * @module
 */

/** Every type of event, in the order in which the store numbers them; new ones go to the end. */
export const EVENT_TYPES = [
  "llm_request",
  "llm_response",
  "tool_use",
  "file_read",
  "file_write",
  "file_modify",
  "command_execution",
  "user_interaction",
  "error_encountered",
  "session_start",
  "session_end",
] as const;

/** What happened. */
export type EventType = typeof EVENT_TYPES[number];

/** Something a prompt carried along. */
export interface Attachment {
  /** What it is: `file`, `image`, `directory`, … */
  readonly kind: string;
  /** Where it was, if the record says so. */
  readonly path?: string;
}

/** A prompt that goes to a model. */
export interface LlmRequestData {
  readonly prompt: string;
  readonly attachments?: readonly Attachment[];
}

/** One message of a model. */
export interface LlmResponseData {
  readonly text?: string;
  readonly reasoning?: string;
  readonly stopReason?: string;
}

/** What all tool calls share. */
interface CallData {
  /** The agent's own name of the tool. */
  readonly tool: string;
  readonly callId?: string;
  readonly isError?: boolean;
}

/** A tool call that is neither on a file nor a shell command. */
export interface ToolUseData extends CallData {
  readonly arguments?: unknown;
  readonly result?: unknown;
}

/** A tool call on a file. */
export interface FileData extends CallData {
  readonly path?: string;
  /** The whole new content, for a write. */
  readonly content?: string;
  /** What was changed, for a modification: a patch or the tool's own edit arguments. */
  readonly patch?: unknown;
  readonly result?: unknown;
}

/** A shell call. */
export interface CommandData extends CallData {
  readonly command?: string;
  readonly cwd?: string;
  readonly output?: unknown;
  readonly exitCode?: number;
}

/** What a person did that no model answers. */
export interface UserInteractionData {
  /** `slash_command`, `cancel`, `approve`, `deny`, `compact`, `rewind`, … */
  readonly action: string;
  readonly text?: string;
}

/** An error that the agent recorded. */
export interface ErrorData {
  readonly message: string;
  readonly code?: string;
}

/** The first record of a session. */
export interface SessionStartData {
  readonly title?: string;
  /** How the session was started: `cli`, `vscode`, `exec`, … */
  readonly source?: string;
  readonly forkedFrom?: string;
}

/** The end of a session, where the agent writes one. */
export interface SessionEndData {
  readonly reason?: string;
}

/** The data of each type. */
export interface EventDataByType {
  readonly llm_request: LlmRequestData;
  readonly llm_response: LlmResponseData;
  readonly tool_use: ToolUseData;
  readonly file_read: FileData;
  readonly file_write: FileData;
  readonly file_modify: FileData;
  readonly command_execution: CommandData;
  readonly user_interaction: UserInteractionData;
  readonly error_encountered: ErrorData;
  readonly session_start: SessionStartData;
  readonly session_end: SessionEndData;
}

/** The numbers of an event, all optional: an agent writes what it knows. */
export interface Metrics {
  /** Tokens that went in, without those read from or written to a cache. */
  inputTokens?: number;
  /** Tokens that came out, reasoning included. */
  outputTokens?: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  /** Part of `outputTokens`. */
  reasoningTokens?: number;
  durationMs?: number;
  costUsd?: number;
}

/** The names of {@link Metrics}, in the order of the store's columns. */
export const METRIC_NAMES = [
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "reasoningTokens",
  "durationMs",
  "costUsd",
] as const satisfies readonly (keyof Metrics)[];

/** What an event says about where and when, whatever its type. */
interface EventContext {
  /** Milliseconds since the epoch, UTC, from the record itself. */
  readonly timestamp: number;
  readonly agentVersion?: string;
  /** The agent's own id of the session in which the event was first recorded. */
  readonly sessionId: string;
  /** The session that started this one: of a sub-agent or a fork. */
  readonly parentSessionId?: string;
  /** Absolute path of the project folder. */
  readonly workspace?: string;
  /** Remote URL of its git repository, credentials and query cut off. */
  readonly repository?: string;
  readonly branch?: string;
  readonly model?: string;
  readonly metrics?: Metrics;
}

/** A type and its data, always a fitting pair. */
export type TypedData = {
  [T in EventType]: { readonly type: T; readonly data: EventDataByType[T] };
}[EventType];

/** An event as it leaves the store. */
export type AgentEvent = EventContext & TypedData & {
  /** UUIDv8, computed from agent, anchor and key (`events/id.ts`). */
  readonly id: string;
  /** 1, 2, …: it went up each time the event grew or was corrected. */
  readonly revision: number;
  /** The agent that wrote it: `claude-code`, `codex`, … */
  readonly agent: string;
  /** Its source no longer has it. */
  readonly superseded?: true;
};

/** An event as an agent's parser hands it over: not yet identified, not yet stored. */
export type EventDraft = EventContext & TypedData & {
  /**
   * What groups events that are written together, the same in every copy of the record. Never a path, an mtime, a local
   * time or a time that the agent re-stamps.
   */
  readonly anchor: string;
  /** The provider's own id of the thing, or what every copy of the record carries. */
  readonly key: string;
  /** How many records have made it what it is: 1, then one more for each record that changed it. */
  readonly revision: number;
  /** Byte offset, in its source, of the record that opened it. */
  readonly position: number;
  /** Nothing more is expected: it may be delivered at once. */
  readonly complete: boolean;
  /** The record is known to be copied from another session: a source that holds the original is shown before it. */
  readonly copied?: true;
};
