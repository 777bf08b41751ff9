/**
 * Makes up sessions of Claude Code, true to what versions 2.0 and 2.1 write: one content block a line, the usage so far
 * on each line of a message, results with their structured twin, sub-agents in files of their own.
 *
 * @module
 */

import type { EventType } from "../../../src/events/event.ts";
import { makeToolCall, type ToolCall } from "./claude_code_tools.ts";
import { type Session, Transcript } from "./transcript.ts";

const VERSION = "2.1.34";
const MODELS = ["claude-opus-4-6", "claude-sonnet-4-5-20250929"] as const;

/** Bytes of a sub-agent's file, as a part of its session's. */
const SUBAGENT_SHARE = 0.15;

/**
 * A session of about `length` characters.
 *
 * @param withSubagent whether one of its calls starts a sub-agent
 * @returns the session's file and, if so, its sub-agent's
 */
export function makeClaudeCodeSession(session: Session, length: number, withSubagent: boolean): Transcript[] {
  const sessionId = session.random.uuid();
  const folder = `.claude/projects/${session.workspace.replaceAll(/[^A-Za-z0-9-]/g, "-")}`;
  const writer = new Writer(session, new Transcript(`${folder}/${sessionId}.jsonl`), sessionId);
  writer.snapshot();
  writer.turn(length);
  let subagent: Writer | undefined;
  if (withSubagent) {
    const agentId = "a" + session.random.hex(2);
    const transcript = new Transcript(`${folder}/${sessionId}/subagents/agent-${agentId}.jsonl`);
    subagent = new Writer(session, transcript, sessionId, agentId);
    writer.delegate(subagent, length * SUBAGENT_SHARE);
  }
  const rest = length - (subagent?.transcript.length ?? 0);
  while (writer.transcript.length < rest) writer.turn(rest);
  return subagent === undefined ? [writer.transcript] : [writer.transcript, subagent.transcript];
}

class Writer {
  readonly #session: Session;
  readonly #sessionId: string;
  readonly #agentId: string | undefined;
  readonly #model: string;
  #parent: string | null = null;
  #cached = 12_000;

  constructor(session: Session, readonly transcript: Transcript, sessionId: string, agentId?: string) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#agentId = agentId;
    this.#model = session.random.pick(MODELS);
  }

  /** A prompt and all that the model does until it answers, or until the file has `length` characters. */
  turn(length: number): void {
    const { random, shape } = this.#session;
    this.#prompt();
    for (let steps = random.integer(1, 12); steps > 0 && this.transcript.length < length; steps--) {
      this.#step();
      if (random.chance(shape.silent)) this.#silentLine();
    }
    this.#answer();
  }

  /** The record that opens a session's file; it makes no event. */
  snapshot(): void {
    const messageId = this.#session.random.uuid();
    this.transcript.add({
      type: "file-history-snapshot",
      messageId,
      snapshot: { messageId, trackedFileBackups: {}, timestamp: this.#session.clock.next() },
      isSnapshotUpdate: false,
    });
  }

  /** A call of the Task tool, with all that the sub-agent does meanwhile. */
  delegate(subagent: Writer, length: number): void {
    const { random, text, shape } = this.#session;
    const prompt = text.prose(random, shape.prompt(random));
    const description = text.prose(random, 20);
    const id = `toolu_${random.providerId()}`;
    const input = { description, prompt, subagent_type: "general-purpose" };
    this.#message([{ type: "tool_use", id, name: "Task", input }], "tool_use");
    subagent.#prompt(prompt);
    while (subagent.transcript.length < length) subagent.#step();
    const answer = subagent.#answer();
    this.#result({
      id,
      name: "Task",
      input,
      type: "tool_use",
      isError: false,
      result: [{ type: "text", text: answer }],
      structured: {
        status: "completed",
        prompt,
        agentId: subagent.#agentId,
        content: [{ type: "text", text: answer }],
        totalDurationMs: random.integer(5_000, 300_000),
        totalTokens: random.integer(5_000, 90_000),
        totalToolUseCount: random.integer(1, 40),
      },
    });
  }

  #prompt(prompt?: string): void {
    const { random, text, shape } = this.#session;
    const isCommand = prompt === undefined && random.chance(0.02);
    const content = isCommand
      ? `<command-message>review is running…</command-message>\n<command-name>/review</command-name>\n` +
        `<command-args>${random.integer(1, 9_999)}</command-args>`
      : prompt ?? text.prose(random, shape.prompt(random));
    const first: readonly EventType[] = this.transcript.events.session_start === undefined
      ? ["session_start"]
      : [];
    this.#add(
      { type: "user", message: { role: "user", content } },
      { thinkingMetadata: { maxThinkingTokens: 31_999 }, todos: [], permissionMode: "default" },
      [...first, isCommand ? "user_interaction" : "llm_request"],
    );
  }

  /** One message with one or two calls, and their results. */
  #step(): void {
    const { random, text, shape } = this.#session;
    const blocks: Record<string, unknown>[] = [];
    if (random.chance(shape.reasoning)) blocks.push(this.#reasoning());
    if (random.chance(shape.commentary)) {
      blocks.push({ type: "text", text: text.prose(random, random.integer(30, 300)) });
    }
    const calls = Array.from({ length: random.chance(0.1) ? 2 : 1 }, () => makeToolCall(this.#session));
    for (const { id, name, input } of calls) blocks.push({ type: "tool_use", id, name, input });
    this.#message(blocks, ...calls.map((call) => call.type));
    for (const call of calls) this.#result(call);
  }

  /** The message that ends a turn; returns its text. */
  #answer(): string {
    const { random, text, shape } = this.#session;
    const answer = text.prose(random, shape.text(random));
    const reasoning = random.chance(shape.reasoning) ? [this.#reasoning()] : [];
    this.#message([...reasoning, { type: "text", text: answer }]);
    return answer;
  }

  #reasoning(): Record<string, unknown> {
    const { random, text, shape } = this.#session;
    const thinking = text.prose(random, Math.min(shape.text(random), 8_000));
    return { type: "thinking", thinking, signature: text.base64(random, random.integer(200, 900)) };
  }

  /** One model message: a line for each block, with the usage so far. */
  #message(blocks: readonly Record<string, unknown>[], ...calls: readonly EventType[]): void {
    const { random } = this.#session;
    const id = `msg_${random.providerId()}`;
    const requestId = `req_${random.providerId()}`;
    const created = random.integer(100, 4_000);
    let output = random.integer(1, 12);
    blocks.forEach((block, index) => {
      const isLast = index === blocks.length - 1;
      if (isLast) output += random.integer(20, 900);
      const message = {
        model: this.#model,
        id,
        type: "message",
        role: "assistant",
        content: [block],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 3,
          cache_creation_input_tokens: created,
          cache_read_input_tokens: this.#cached,
          output_tokens: output,
          service_tier: "standard",
        },
      };
      this.#add({ message, requestId, type: "assistant" }, {}, isLast ? ["llm_response", ...calls] : []);
    });
    this.#cached += created;
  }

  #result(call: ToolCall): void {
    const block = {
      tool_use_id: call.id,
      type: "tool_result",
      content: call.result,
      ...(call.isError && { is_error: true }),
    };
    const extra = { toolUseResult: call.structured, sourceToolAssistantUUID: this.#parent };
    this.#add({ type: "user", message: { role: "user", content: [block] } }, extra, []);
  }

  /** A line of a kind that makes no event. */
  #silentLine(): void {
    const { random, text } = this.#session;
    switch (random.integer(0, 3)) {
      case 0:
        return this.snapshot();
      case 1:
        return this.#add(
          { type: "system", subtype: "turn_duration", durationMs: random.integer(900, 90_000) },
          {},
          [],
        );
      case 2:
        return this.#add(
          {
            type: "system",
            subtype: "stop_hook_summary",
            hookCount: 1,
            hookInfos: [{ command: "deno task lint" }],
            hookErrors: [],
            preventedContinuation: false,
            stopReason: "",
            hasOutput: true,
            level: "suggestion",
          },
          {},
          [],
        );
      default: {
        const output = text.code(random, 120);
        const data = {
          type: "bash_progress",
          output,
          fullOutput: output,
          elapsedTimeSeconds: 3,
          totalLines: 2,
        };
        return this.#add(
          { type: "progress", data },
          { toolUseID: `bash-progress-${random.integer(0, 99)}` },
          [],
        );
      }
    }
  }

  /** Adds a record in the order of fields that Claude Code has. */
  #add(record: Record<string, unknown>, extra: Record<string, unknown>, events: readonly EventType[]): void {
    const { random, clock, workspace, branch } = this.#session;
    const uuid = random.uuid();
    this.transcript.add({
      parentUuid: this.#parent,
      isSidechain: this.#agentId !== undefined,
      userType: "external",
      cwd: workspace,
      sessionId: this.#sessionId,
      version: VERSION,
      gitBranch: branch,
      ...(this.#agentId !== undefined && { agentId: this.#agentId }),
      ...record,
      uuid,
      timestamp: clock.next(),
      ...extra,
    }, ...events);
    this.#parent = uuid;
  }
}
