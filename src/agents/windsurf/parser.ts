/**
 * Reads the transcripts of Windsurf's Cascade: steps, each of which holds under the name of its type what was asked and what
 * came of it. There are no ids and no times: a step is known by its place, and has the time when the file was made.
 *
 * Measured on one transcript of 2025; docs.windsurf.com, "Cascade Hooks".
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { pathOfUri } from "../copilot/uri.ts";
import type { ToolKinds } from "../tools.ts";
import { asCount, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = { view_file: "read", code_action: "modify", run_command: "command" };

/** What of a step came of it; all else was asked. */
const OUTCOMES: ReadonlySet<string> = new Set([
  "content",
  "output",
  "exit_code",
  "total_results",
  "results",
  "user_rejected",
  "acknowledgement_type",
]);

/** The parser of one conversation. */
export class WindsurfParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #time: number;
  #step: number;

  constructor({ relativePath, madeAt }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as { conversation: unknown; time: number; step: number } | undefined;
    this.#conversation = new Conversation(
      emit,
      { tools: TOOLS, anchor: "session" },
      relativePath.replace(/\.jsonl$/, ""),
      state?.conversation,
    );
    this.#time = state?.time ?? madeAt ?? 0;
    this.#step = state?.step ?? 0;
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const type = asText(record.type) ?? "none";
    const step = asObject(record[type]);
    if (step === undefined) return { unknown: `step:${type}` };
    const place: Place = { timestamp: this.#time, position };
    const key = `step:${++this.#step}`;
    if (!this.#conversation.hasStart) this.#conversation.start(place, {});
    switch (type) {
      case "user_input":
        this.#conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: asText(step.user_response) ?? "" },
        });
        return undefined;
      case "planner_response":
        this.#conversation.add(key, place, {
          type: "llm_response",
          data: { text: asText(step.response), reasoning: asText(step.thinking) },
        });
        return undefined;
      default:
        this.#call(type, step, record.status, key, place);
        return undefined;
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return { conversation: this.#conversation.save(), time: this.#time, step: this.#step };
  }

  #call(tool: string, step: JsonObject, status: unknown, key: string, place: Place): void {
    const args = Object.fromEntries(
      Object.entries(step).filter(([name]) => !OUTCOMES.has(name))
        .map(([name, value]) => [name, pathOfUri(value) ?? value]),
    );
    const cwd = asText(step.cwd);
    this.#conversation.set({ workspace: this.#conversation.surroundings.workspace ?? cwd });
    this.#conversation.call(key, place, { tool, args });
    this.#conversation.result(key, {
      result: asText(step.content) ?? asText(step.output),
      isError: status === "error",
      exitCode: asCount(step.exit_code),
    });
    if (step.user_rejected === true) {
      this.#conversation.add(`${key}:decision`, place, {
        type: "user_interaction",
        data: { action: "deny" },
      });
    }
  }
}
