/**
 * Writes sessions as the agents write them, line by line, into the home of a test.
 *
 * @module
 */

import { dirname, join } from "node:path";

/** The project that the sessions are of, unless another is named. */
export const PROJECT = "/home/ada/shop";

const HOUR = 3_600_000;

/** Where and when a session is. */
export interface SessionOptions {
  /** Absolute path of the project. @default {PROJECT} */
  readonly project?: string;
  /** When it starts, ms since the epoch; each line is a second later. @default an hour ago */
  readonly at?: number;
}

/** A session that grows. Each turn, a prompt and its answer, makes two events; the first line makes one more. */
export interface Session {
  /** The file. */
  readonly path: string;
  /** The agent's id of it. */
  readonly id: string;
  /** Writes a prompt and its answer. */
  turn(prompt: string, answer?: string): this;
  /** Writes a text as it is: half a line, damage. */
  raw(text: string): this;
}

abstract class WrittenSession implements Session {
  readonly path: string;
  readonly id: string;
  #at: number;
  #lines = 0;

  protected constructor(path: string, id: string, at: number) {
    this.path = path;
    this.id = id;
    this.#at = at;
    Deno.mkdirSync(dirname(path), { recursive: true });
  }

  turn(prompt: string, answer = `answer to ${prompt}`): this {
    const lines = this.lines(prompt, answer).map((line) => JSON.stringify(line) + "\n");
    return this.raw(lines.join(""));
  }

  raw(text: string): this {
    Deno.writeTextFileSync(this.path, text, { append: true });
    return this;
  }

  protected abstract lines(prompt: string, answer: string): readonly object[];

  /** The time of the next line. */
  protected time(): string {
    this.#at += 1000;
    return new Date(this.#at).toISOString();
  }

  /** A number that no other line of the session has. */
  protected nextLine(): number {
    return ++this.#lines;
  }

  protected get isNew(): boolean {
    return this.#lines === 0;
  }
}

/** A transcript of Claude Code. */
export class ClaudeSession extends WrittenSession {
  readonly #project: string;

  /** @param number tells the sessions of a test apart */
  constructor(
    home: string,
    number: number,
    { project = PROJECT, at = Date.now() - HOUR }: SessionOptions = {},
  ) {
    const id = uuid(0xc1, number);
    super(join(home, ".claude", "projects", project.replaceAll("/", "-"), `${id}.jsonl`), id, at);
    this.#project = project;
  }

  protected lines(prompt: string, answer: string): readonly object[] {
    const common = {
      isSidechain: false,
      userType: "external",
      cwd: this.#project,
      sessionId: this.id,
      version: "2.1.42",
      gitBranch: "main",
    };
    const line = this.nextLine();
    return [
      {
        ...common,
        type: "user",
        uuid: `${this.id}-${line}-user`,
        timestamp: this.time(),
        message: { role: "user", content: prompt },
      },
      {
        ...common,
        type: "assistant",
        uuid: `${this.id}-${line}-assistant`,
        timestamp: this.time(),
        requestId: `req_${this.id}_${line}`,
        message: {
          model: "claude-opus-4-5-20251101",
          id: `msg_${this.id}_${line}`,
          type: "message",
          role: "assistant",
          content: [{ type: "text", text: answer }],
          stop_reason: "end_turn",
          usage: { input_tokens: 3, output_tokens: 9 },
        },
      },
    ];
  }
}

/** A rollout of Codex. */
export class CodexSession extends WrittenSession {
  readonly #project: string;

  /** @param number tells the sessions of a test apart */
  constructor(
    home: string,
    number: number,
    { project = PROJECT, at = Date.now() - HOUR }: SessionOptions = {},
  ) {
    const id = uuid(0xc0, number);
    const [year, month, day] = new Date(at).toISOString().slice(0, 10).split("-") as [string, string, string];
    const name = `rollout-${year}-${month}-${day}T10-00-00-${id}.jsonl`;
    super(join(home, ".codex", "sessions", year, month, day, name), id, at);
    this.#project = project;
  }

  protected lines(prompt: string, answer: string): readonly object[] {
    const isNew = this.isNew;
    const turn = `turn-${this.id}-${this.nextLine()}`;
    const event = (payload: object) => ({ timestamp: this.time(), type: "event_msg", payload });
    const item = (payload: object) => ({ timestamp: this.time(), type: "response_item", payload });
    const meta = () => {
      const timestamp = this.time();
      const payload = {
        id: this.id,
        timestamp,
        cwd: this.#project,
        originator: "codex_cli_rs",
        source: "cli",
      };
      return { timestamp, type: "session_meta", payload: { ...payload, cli_version: "0.130.0" } };
    };
    return [
      ...(isNew ? [meta()] : []),
      {
        timestamp: this.time(),
        type: "turn_context",
        payload: { turn_id: turn, cwd: this.#project, model: "gpt-5.5" },
      },
      item({ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }),
      event({ type: "user_message", message: prompt, images: [] }),
      event({ type: "agent_message", message: answer }),
      item({ type: "message", role: "assistant", content: [{ type: "output_text", text: answer }] }),
    ];
  }
}

function uuid(kind: number, number: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  return `0000${hex(kind, 4)}-0000-7000-8000-${hex(number, 12)}`;
}

/** Makes a file look as if it was last written so many days ago. */
export function age(path: string, days: number): void {
  const then = new Date(Date.now() - days * 24 * HOUR);
  Deno.utimeSync(path, then, then);
}
