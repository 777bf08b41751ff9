/**
 * Reads the sessions of pi and of the agents made of it: a tree of entries, one a line.
 *
 * Sources: badlogic/pi-mono `packages/coding-agent/src/core/session-manager.ts`, earendil-works/pi `docs/session-format.md`;
 * can1357/oh-my-pi `packages/coding-agent/src/session/session-entries.ts`; openclaw/openclaw
 * `src/shared/transcript-only-openclaw-assistant.ts`. Measured on sessions of versions 1 and 3.
 *
 * Identity: a fork repeats the entries of its parent with their ids and times, and a migration gives all entries of a file
 * new ids. What stays is the time of an entry, its role and its text; calls have ids of their providers.
 *
 * @module
 */

import type { EventDraft } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import type { ToolKinds } from "../tools.ts";
import { asCount, asInstant, asObject, asText } from "../values.ts";
import { blocksOf, imagesOf, joined, metricsOf, textOf } from "./content.ts";
import { isTakenOver } from "./taken_over.ts";

/** Pi's tools, and those that its offspring call otherwise. */
const TOOLS: ToolKinds = {
  read: "read",
  read_file: "read",
  write: "write",
  write_file: "write",
  edit: "modify",
  edit_file: "modify",
  apply_patch: "modify",
  bash: "command",
  exec: "command",
  run_terminal: "command",
  shell_exec: "command",
};

/** Entries that carry no event: settings, notes of extensions, bookkeeping. */
const SILENT_TYPES: ReadonlySet<unknown> = new Set([
  "thinking_level_change",
  "label",
  "custom_message",
  "service_tier_change",
  "mode_change",
  "ttsr_injection",
  "credential_pin",
  "archive",
  "session_state",
  "agent_status",
  "child_usage_attributed",
]);

/** Messages that are neither typed by a person nor made by a model. */
const SILENT_ROLES: ReadonlySet<unknown> = new Set([
  "custom",
  "hookMessage",
  "system",
  "developer",
  "fileMention",
]);

/** The models under whose name OpenClaw repeats what it has delivered. */
const MIRRORS: ReadonlySet<unknown> = new Set(["delivery-mirror", "gateway-injected"]);

/** What `state()` returns. */
interface State {
  readonly conversation: unknown;
  readonly began: number;
  readonly title?: string;
  readonly task?: string;
}

/** The parser of one session. */
export class PiParser implements RecordParser {
  readonly #conversation: Conversation;
  /** When the file's own session began, ms since the epoch: what is older was copied. */
  #began: number;
  /** The title of a slot before the header. */
  #title: string | undefined;
  /** The hash of the task that a sub-agent was started with, until that has come as its first prompt, too. */
  #task: string | undefined;

  /** The tool that starts sub-agents whose transcripts tell what they used. */
  readonly #starter: string | undefined;

  constructor(
    { relativePath }: SourceInfo,
    emit: (event: EventDraft) => void,
    saved?: unknown,
    starter?: string,
  ) {
    this.#starter = starter;
    const state = saved as State | undefined;
    const options = { tools: TOOLS, anchor: "hour" } as const;
    this.#conversation = new Conversation(emit, options, sessionInPath(relativePath), state?.conversation);
    this.#began = state?.began ?? 0;
    this.#title = state?.title;
    this.#task = state?.task;
    if (state === undefined) this.#conversation.set({ parentSessionId: parentInPath(relativePath) });
  }

  record(record: JsonObject, position: number): RecordOutcome {
    const { type } = record;
    if (type === "title") {
      this.#title = asText(record.title);
      return undefined;
    }
    if (SILENT_TYPES.has(type) || isTakenOver(record)) return undefined;
    const message = asObject(record.message);
    const timestamp = asInstant(record.timestamp) ?? asCount(message?.timestamp);
    if (timestamp === undefined) return { unknown: `timestamp:${asText(type) ?? "none"}` };
    const place = { timestamp, position, isCopy: timestamp < this.#began };
    switch (type) {
      case "session":
        return this.#header(record, place);
      case "message":
        return message === undefined ? { unknown: "damaged:message" } : this.#message(message, place);
      case "model_change":
        this.#conversation.set({ model: asText(record.modelId) ?? withoutProvider(record.model) });
        return undefined;
      case "session_info":
        this.#conversation.entitle(asText(record.name));
        return undefined;
      case "title_change":
        this.#conversation.entitle(asText(record.title));
        return undefined;
      case "compaction":
        return this.#interaction("compact", asText(record.summary), place, record.usage);
      case "branch_summary":
        return this.#interaction("rewind", asText(record.summary), place, record.usage);
      case "reset_boundary":
        return this.#interaction("clear", undefined, place);
      case "session_init": {
        const task = asText(record.task);
        if (task === undefined) return undefined;
        this.#task = hashText(task);
        return this.#prompt(task, [], place);
      }
      case "model_usage":
        return this.#usage(record, place);
      case "git_state":
        this.#conversation.set({ branch: asText(asObject(record.git)?.branch) });
        return undefined;
      case "custom":
        return this.#custom(record, place);
      default:
        return { unknown: `type:${asText(type) ?? "none"}` };
    }
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): State {
    return {
      conversation: this.#conversation.save(),
      began: this.#began,
      ...this.#title !== undefined && { title: this.#title },
      ...this.#task !== undefined && { task: this.#task },
    };
  }

  #header(record: JsonObject, place: Place): RecordOutcome {
    const id = asText(record.id);
    if (id === undefined) return { unknown: "damaged:session" };
    const forkedFrom = sessionInPath(asText(record.parentSession) ?? "");
    this.#began = place.timestamp;
    this.#conversation.set({
      sessionId: id,
      workspace: asText(record.cwd),
      branch: asText(asObject(record.git)?.branch),
      model: asText(record.modelId),
      ...forkedFrom !== "" && { parentSessionId: forkedFrom },
    });
    this.#conversation.start({ ...place, isCopy: false }, {
      title: asText(record.title) ?? this.#title,
      forkedFrom: forkedFrom === "" ? undefined : forkedFrom,
    });
    return undefined;
  }

  #message(message: JsonObject, place: Place): RecordOutcome {
    const { role } = message;
    switch (role) {
      case "user": {
        const prompt = textOf(message.content);
        const isTask = this.#task === hashText(prompt);
        this.#task = undefined;
        return isTask ? undefined : this.#prompt(prompt, imagesOf(message.content), place);
      }
      case "assistant":
        return this.#answer(message, place);
      case "toolResult":
        return this.#result(message);
      case "bashExecution":
      case "pythonExecution": {
        const command = asText(message.command) ?? asText(message.code);
        if (command === undefined) return { unknown: `damaged:${role}` };
        this.#interaction("bash", command, place);
        const output = asText(message.output);
        return output === undefined ? undefined : this.#interaction("command_output", output, place);
      }
      default:
        return SILENT_ROLES.has(role) ? undefined : { unknown: `role:${asText(role) ?? "none"}` };
    }
  }

  #prompt(prompt: string, images: readonly { readonly kind: string }[], place: Place): RecordOutcome {
    this.#conversation.add(keyOf(place.timestamp, "user", prompt), place, {
      type: "llm_request",
      data: { prompt, attachments: images.length === 0 ? undefined : images },
    });
    return undefined;
  }

  #answer(message: JsonObject, place: Place): RecordOutcome {
    const { provider, model } = message;
    const isMirror = message.openclawMessageToolMirror !== undefined ||
      (provider === "openclaw" && MIRRORS.has(model));
    if (isMirror) return undefined;
    const blocks = blocksOf(message.content);
    const text = textOf(message.content);
    const reasoning = joined(
      blocks.filter(({ type }) => type === "thinking").map(({ thinking }) => thinking),
    );
    const metrics = metricsOf(message.usage);
    const key = keyOf(place.timestamp, "assistant", text + reasoning);
    const at = { ...place, model: asText(message.responseModel) ?? asText(model) };
    this.#conversation.add(key, { ...at, metrics }, {
      type: "llm_response",
      data: {
        text: asText(text),
        reasoning: asText(reasoning),
        stopReason: asText(message.stopReason),
      },
    });
    for (const [index, block] of blocks.filter(({ type }) => type === "toolCall").entries()) {
      const tool = asText(block.name);
      if (tool === undefined) continue;
      const callId = asText(block.id);
      this.#conversation.call(callId ?? `${key}:${index}`, at, { tool, callId, args: block.arguments });
    }
    const error = asText(message.errorMessage);
    if (error !== undefined) {
      this.#conversation.add(`${key}:error`, at, { type: "error_encountered", data: { message: error } });
    }
    return undefined;
  }

  #result(message: JsonObject): RecordOutcome {
    const callId = asText(message.toolCallId);
    const isStarter = this.#starter !== undefined && message.toolName === this.#starter;
    const isKnown = callId !== undefined && this.#conversation.result(callId, {
      result: asText(textOf(message.content)),
      isError: typeof message.isError === "boolean" ? message.isError : undefined,
      exitCode: asCount(asObject(message.details)?.exitCode),
      metrics: isStarter ? undefined : metricsOf(message.usage),
    });
    return isKnown ? undefined : { unknown: "result:without-call" };
  }

  #interaction(action: string, text: string | undefined, place: Place, usage?: unknown): RecordOutcome {
    this.#conversation.add(
      keyOf(place.timestamp, action, text ?? ""),
      { ...place, metrics: metricsOf(usage) },
      { type: "user_interaction", data: { action, text } },
    );
    return undefined;
  }

  /** A call of a model beside the conversation: for a title, for a check. */
  #usage(record: JsonObject, place: Place): RecordOutcome {
    const key = keyOf(place.timestamp, "usage", `${record.purpose}:${record.model}`);
    const at = { ...place, model: withoutProvider(record.model), metrics: metricsOf(record.usage) };
    this.#conversation.add(key, at, {
      type: "llm_response",
      data: { stopReason: asText(record.stopReason) },
    });
    return undefined;
  }

  /** What extensions write is theirs; omp itself writes how it ended. */
  #custom(record: JsonObject, place: Place): RecordOutcome {
    if (record.customType !== "session_exit") return undefined;
    this.#conversation.add(`end:${place.timestamp}`, place, {
      type: "session_end",
      data: { reason: asText(asObject(record.data)?.reason) },
    });
    return undefined;
  }
}

/** The session that a file's name ends with: `<time>_<session>.jsonl`, `<session>.jsonl.reset.<time>`. */
function sessionInPath(path: string): string {
  const name = path.replace(/^.*[\\/]/, "").replace(/\.jsonl(?:\.(?:reset|deleted|bak)\..*)?$/, "");
  return name.replace(/^\d{4}-\d\d-\d\dT[^_]*_/, "");
}

/** Omp keeps sub-agents in a folder called like the file of the session that started them. */
function parentInPath(relativePath: string): string | undefined {
  const folder = relativePath.split("/").at(-2) ?? "";
  return /^\d{4}-\d\d-\d\dT[^_]*_(.+)$/.exec(folder)?.[1];
}

/** Omp writes provider and model as one: `openai/gpt-5.5`. */
function withoutProvider(model: unknown): string | undefined {
  return asText(model)?.replace(/^[^/]*\//, "");
}
