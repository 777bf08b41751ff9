/**
 * Makes up sessions of the Codex CLI, true to what versions 0.104 to 0.135 write: prompts and answers as response item
 * and as event, calls with their outputs, running totals of tokens that are now and then repeated.
 *
 * @module
 */

import type { EventType } from "../../../src/events/event.ts";
import { type Session, Transcript } from "./transcript.ts";

const VERSION = "0.135.0";
const MODEL = "gpt-5.4";

/** A session of about `length` characters. */
export function makeCodexSession(session: Session, length: number): Transcript {
  const started = session.clock.time;
  const id = session.random.timeUuid(started);
  const time = new Date(started).toISOString();
  const name = `rollout-${time.slice(0, 19).replaceAll(":", "-")}-${id}.jsonl`;
  const transcript = new Transcript(`.codex/sessions/${time.slice(0, 10).replaceAll("-", "/")}/${name}`);
  const writer = new Writer(session, transcript);
  writer.head(id);
  do writer.turn(length); while (transcript.length < length);
  return transcript;
}

type Usage = Readonly<
  Record<`${"input" | "cached_input" | "output" | "reasoning_output" | "total"}_tokens`, number>
>;

class Writer {
  readonly #session: Session;
  readonly #transcript: Transcript;
  #total: Usage = {
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
    total_tokens: 0,
  };
  #last = this.#total;

  constructor(session: Session, transcript: Transcript) {
    this.#session = session;
    this.#transcript = transcript;
  }

  /** What a session begins with. */
  head(id: string): void {
    const { random, text, shape, workspace, branch, clock } = this.#session;
    this.#add("session_meta", {
      id,
      timestamp: new Date(clock.time).toISOString(),
      cwd: workspace,
      originator: "codex_cli_rs",
      cli_version: VERSION,
      source: "cli",
      model_provider: "openai",
      base_instructions: { text: text.prose(random, shape.instructions) },
      git: {
        commit_hash: random.hex(5),
        branch,
        repository_url: `https://github.com/example/${workspace.split("/").at(-1)}.git`,
      },
    }, "session_start");
    const environment =
      `<environment_context>\n  <cwd>${workspace}</cwd>\n  <shell>bash</shell>\n</environment_context>`;
    this.#item({ type: "message", role: "user", content: [{ type: "input_text", text: environment }] });
  }

  /** A prompt and all that the model does until it answers, or until the file has `length` characters. */
  turn(length: number): void {
    const { random, text, shape, workspace } = this.#session;
    const turnId = random.timeUuid(this.#session.clock.time);
    this.#event({ type: "task_started", turn_id: turnId, model_context_window: 258_400 });
    this.#add("turn_context", {
      turn_id: turnId,
      cwd: workspace,
      approval_policy: "on-request",
      sandbox_policy: { type: "workspace-write", network_access: false },
      model: MODEL,
      effort: "high",
      summary: "auto",
    });
    const prompt = text.prose(random, shape.prompt(random));
    this.#item({ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] });
    this.#event(
      { type: "user_message", message: prompt, images: [], local_images: [], text_elements: [] },
      "llm_request",
    );
    for (let steps = random.integer(1, 12); steps > 0 && this.#transcript.length < length; steps--) {
      this.#step();
    }
    this.#answer(turnId);
  }

  /** One call of the model, which calls one to three tools. */
  #step(): void {
    const { random, shape } = this.#session;
    if (random.chance(shape.reasoning)) this.#reasoning();
    for (let calls = random.integer(1, 3); calls > 0; calls--) {
      if (random.chance(0.15)) this.#patch();
      else this.#command();
    }
    this.#countTokens();
    // Codex writes the same totals again when only its rate limits are new.
    if (random.chance(shape.silent)) this.#repeatTokens();
  }

  #answer(turnId: string): void {
    const { random, text, shape } = this.#session;
    if (random.chance(shape.reasoning)) this.#reasoning();
    const answer = text.prose(random, shape.text(random) / 2);
    this.#event({ type: "agent_message", message: answer, phase: "final_answer" });
    const content = [{ type: "output_text", text: answer }];
    this.#item({ type: "message", role: "assistant", content, phase: "final_answer" });
    this.#countTokens();
    this.#event({ type: "task_complete", turn_id: turnId, last_agent_message: null });
  }

  #reasoning(): void {
    const { random, text } = this.#session;
    const summary = text.prose(random, 60);
    this.#item({
      type: "reasoning",
      summary: [{ type: "summary_text", text: summary }],
      content: null,
      encrypted_content: "gAAAAAB" + text.base64(random, random.integer(600, 2_400)),
    });
    this.#event({ type: "agent_reasoning", text: summary });
  }

  #command(): void {
    const { random, text, shape, workspace } = this.#session;
    const callId = `call_${random.providerId()}`;
    const cmd = `sed -n '${random.integer(1, 99)},${random.integer(100, 400)}p' ${text.path(random, ".")}`;
    this.#item({
      type: "function_call",
      name: "exec_command",
      arguments: JSON.stringify({ cmd, workdir: workspace, yield_time_ms: 1_000, max_output_tokens: 4_000 }),
      call_id: callId,
    }, "command_execution");
    const output = text.code(random, shape.result(random));
    this.#item({
      type: "function_call_output",
      call_id: callId,
      output: `Chunk ID: ${random.hex(1).slice(0, 6)}\nWall time: 0.0421 seconds\nProcess exited with code ${
        random.chance(0.05) ? 1 : 0
      }\nOriginal token count: ${output.length >> 2}\nOutput:\n${output}`,
    });
  }

  #patch(): void {
    const { random, text, shape } = this.#session;
    const callId = `call_${random.providerId()}`;
    const path = text.path(random, ".").slice(2);
    const change = text.code(random, shape.text(random)).split("\n");
    const patch = change.map((line, index) => (index % 2 === 0 ? "+" : "-") + line).join("\n");
    this.#item({
      type: "custom_tool_call",
      status: "completed",
      call_id: callId,
      name: "apply_patch",
      input: `*** Begin Patch\n*** Update File: ${path}\n@@\n${patch}\n*** End Patch\n`,
    }, "file_modify");
    this.#item({
      type: "custom_tool_call_output",
      call_id: callId,
      output:
        `Exit code: 0\nWall time: 0.1 seconds\nOutput:\nSuccess. Updated the following files:\nM ${path}\n`,
    });
  }

  /** The totals after one more call of the model. */
  #countTokens(): void {
    const { random } = this.#session;
    const input = random.integer(8_000, 120_000);
    const output = random.integer(20, 3_000);
    this.#last = {
      input_tokens: input,
      cached_input_tokens: Math.floor(input * 0.8),
      output_tokens: output,
      reasoning_output_tokens: output >> 2,
      total_tokens: input + output,
    };
    const names = Object.keys(this.#total) as (keyof Usage)[];
    this.#total = Object.fromEntries(
      names.map((name) => [name, this.#total[name] + this.#last[name]]),
    ) as Usage;
    this.#repeatTokens("llm_response");
  }

  #repeatTokens(...events: readonly EventType[]): void {
    this.#event({
      type: "token_count",
      info: {
        total_token_usage: this.#total,
        last_token_usage: this.#last,
        model_context_window: 258_400,
      },
      rate_limits: {
        limit_id: "codex",
        primary: { used_percent: 5, window_minutes: 300 },
        plan_type: "plus",
      },
    }, ...events);
  }

  #item(payload: unknown, ...events: readonly EventType[]): void {
    this.#add("response_item", payload, ...events);
  }

  #event(payload: unknown, ...events: readonly EventType[]): void {
    this.#add("event_msg", payload, ...events);
  }

  #add(type: string, payload: unknown, ...events: readonly EventType[]): void {
    this.#transcript.add({ timestamp: this.#session.clock.next(), type, payload }, ...events);
  }
}
