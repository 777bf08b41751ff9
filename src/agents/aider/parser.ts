/**
 * Reads the chat history of Aider: Markdown in which `# aider chat started at …` begins a run, `#### ` marks what the user
 * typed and `> ` what Aider itself said; all else is the model's. Aider ends each line of the first two kinds with two
 * blanks, which tells them from headings and quotations of the model, where nobody took the blanks away.
 *
 * A run is a session. Its time is the clock on the wall without a zone, taken for that of this machine, and the only one
 * there is: all events of a run have it. From Aider-AI/aider `aider/io.py` and `aider/coders/base_coder.py`; measured on
 * 21 histories of 2025 and 2026.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import { hashText } from "../../events/hash.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import { compact } from "../tools.ts";
import { asText } from "../values.ts";

const RUN = /^# aider chat started at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) *$/;
const PROMPT = /^#### (.*?) *$/;
const NOTE = /^> ?(.*?) *$/;
const FENCE = /^(?:`{3,}|~{3,})/;
/** Commands whose text is for the model. */
const ASKING = /^\/(?:ask|code|architect|context|chat-mode \w+) +\S/;
const USAGE = /^Tokens: (.*?) sent(?:, (.*?) cache write)?(?:, (.*?) cache hit)?, (.*?) received\./;

/** What a run is about to say, and has said. */
interface Run {
  /** When it started, as it is written. */
  readonly started: string;
  /** Which one it is of those that started in that second. */
  readonly ordinal: number;
  /** How many events it has made. */
  events: number;
  /** Aider's lines in it end with two blanks. */
  isMarked?: boolean;
}

/** Where the next line stands: between blocks, in a prompt or in an answer. */
type Block = "none" | "prompt" | "answer";

interface Saved {
  readonly conversation: unknown;
  readonly run?: Run;
  readonly block: Block;
  readonly key: string;
  readonly blanks: number;
  readonly fence: string;
}

/** The parser of one history. */
export class AiderParser implements RecordParser {
  readonly #conversation: Conversation;
  #run: Run | undefined;
  #block: Block;
  /** Of the event that the block is. */
  #key: string;
  /** Empty lines since the last one that was not. */
  #blanks: number;
  /** What closes the code that the answer is in, empty outside of code. */
  #fence: string;

  constructor({ folder }: SourceInfo, emit: (event: EventDraft) => void, saved?: unknown) {
    const state = saved as Saved | undefined;
    this.#conversation = new Conversation(
      emit,
      { tools: {}, anchor: "session" },
      "",
      state?.conversation,
    );
    this.#conversation.set({ workspace: folder });
    this.#run = state?.run;
    this.#block = state?.block ?? "none";
    this.#key = state?.key ?? "";
    this.#blanks = state?.blanks ?? 0;
    this.#fence = state?.fence ?? "";
  }

  record({ line }: JsonObject, position: number): RecordOutcome {
    if (typeof line !== "string") return { unknown: "line:none" };
    if (line.trim() === "") {
      this.#blanks++;
      if (this.#block === "prompt") this.#block = "none";
      return undefined;
    }
    this.#line(line, position);
    this.#blanks = 0;
    return undefined;
  }

  flush(): void {
    this.#conversation.flush();
  }

  state(): unknown {
    return {
      conversation: this.#conversation.save(),
      run: this.#run,
      block: this.#block,
      key: this.#key,
      blanks: this.#blanks,
      fence: this.#fence,
    } satisfies Saved;
  }

  #line(line: string, position: number): void {
    const run = RUN.exec(line);
    if (run !== null) return this.#begin(`${run[1]}T${run[2]}`);
    // What stands before the first run is nobody's.
    if (this.#run === undefined) return;
    const timestamp = Date.parse(this.#run.started);
    if (Number.isNaN(timestamp)) return;
    const place = { timestamp, position };
    const isMarked = line.endsWith("  ");
    const note = NOTE.exec(line)?.[1];
    const isUsage = note !== undefined && USAGE.test(note);
    // An answer that was interrupted in the middle of code never closes it.
    if (this.#fence === "" || isUsage) {
      const prompt = PROMPT.exec(line)?.[1];
      if (prompt !== undefined && this.#mayBegin(isMarked)) return this.#prompt(prompt, place);
      if (note !== undefined && (isMarked || isUsage || this.#run.isMarked !== true)) {
        this.#run.isMarked ??= isMarked;
        return this.#note(note, place);
      }
    }
    this.#answer(line, place);
  }

  #begin(started: string): void {
    const ordinal = this.#run?.started === started ? this.#run.ordinal + 1 : 1;
    this.#run = { started, ordinal, events: 0 };
    this.#conversation.next();
    this.#endBlock();
  }

  #endBlock(): void {
    this.#block = "none";
    this.#fence = "";
  }

  /** Whether a line that looks like one of the user may be one. */
  #mayBegin(isMarked: boolean): boolean {
    if (this.#block === "prompt") return true;
    if (this.#run?.isMarked === true && !isMarked) return false;
    return this.#block === "none" || this.#blanks > 0;
  }

  #prompt(text: string, place: Place): void {
    if (this.#block === "prompt") return this.#conversation.append(this.#key, `\n${text}`);
    this.#start(text, place);
    this.#fence = "";
    this.#block = "prompt";
    this.#key = this.#nextKey();
    const isCommand = /^[/!]/.test(text) && !ASKING.test(text);
    this.#conversation.open(
      this.#key,
      place,
      isCommand
        ? { type: "user_interaction", data: { action: "slash_command", text } }
        : { type: "llm_request", data: { prompt: text } },
    );
  }

  /**
   * The first prompt makes a run a session. Its words are part of the session's id: two projects may each have a run that
   * started in the same second, and a copy of a history must not be another one.
   */
  #start(text: string, place: Place): void {
    if (this.#conversation.hasStart || this.#run === undefined) return;
    const { started, ordinal } = this.#run;
    const number = ordinal === 1 ? "" : `-${ordinal}`;
    this.#conversation.set({
      sessionId: `${hashText(text).slice(0, 8)}-${started.replaceAll(":", "-")}${number}`,
    });
    this.#conversation.start(place, {});
  }

  #answer(line: string, place: Place): void {
    // Before the first prompt nothing was asked.
    if (!this.#conversation.hasStart) return;
    if (this.#block !== "answer") {
      this.#block = "answer";
      this.#key = this.#nextKey();
      this.#conversation.open(this.#key, place, { type: "llm_response", data: { text: line } });
    } else {
      this.#conversation.append(this.#key, "\n".repeat(this.#blanks + 1) + line);
    }
    const fence = FENCE.exec(line)?.[0];
    if (this.#fence === "") this.#fence = fence ?? "";
    else if (fence !== undefined && fence.startsWith(this.#fence) && line.trim() === fence) this.#fence = "";
  }

  /** Aider says something: what it is, what a call of the model cost, what it changed. */
  #note(text: string, place: Place): void {
    const usage = USAGE.exec(text);
    if (usage !== null) {
      if (this.#block === "answer") this.#conversation.measure(this.#key, metricsOf(text, usage));
      this.#endBlock();
      return;
    }
    this.#endBlock();
    const version = /^Aider v(\S+)$/.exec(text)?.[1];
    const model = /^(?:Main model|Model): (\S+)/.exec(text)?.[1];
    this.#conversation.set({ agentVersion: version, model });
    const path = /^Applied edit to (.+)$/.exec(text)?.[1];
    if (path !== undefined && this.#conversation.hasStart) {
      this.#conversation.add(this.#nextKey(), place, { type: "file_modify", data: { tool: "edit", path } });
    }
    const commit = /^Commit ([0-9a-f]{7,40}) (.*)$/.exec(text);
    if (commit !== null && this.#conversation.hasStart) {
      const [, hash, message] = commit;
      const data = { tool: "commit", arguments: { hash, message } };
      this.#conversation.add(this.#nextKey(), place, { type: "tool_use", data });
    }
  }

  #nextKey(): string {
    return String(++this.#run!.events);
  }
}

/** What a call of the model used. Aider rounds from a thousand tokens on, and counts what a cache gave as sent. */
function metricsOf(text: string, [, sent, written, hit, received]: readonly (string | undefined)[]): Metrics {
  const cacheReadTokens = countOf(hit);
  const cacheWriteTokens = countOf(written);
  const all = countOf(sent);
  const cost = /Cost: \$(\d+(?:\.\d+)?) message/.exec(text)?.[1];
  return compact({
    inputTokens: all === undefined
      ? undefined
      : Math.max(0, all - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens: countOf(received),
    cacheReadTokens,
    cacheWriteTokens,
    costUsd: cost === undefined ? undefined : Number(cost),
  });
}

/** `865`, `4.2k`, `13k` or `1,204`. */
function countOf(text: string | undefined): number | undefined {
  const parts = /^(\d[\d,]*(?:\.\d+)?)([kM]?)$/.exec(asText(text) ?? "");
  if (parts === null) return undefined;
  const unit = parts[2] === "k" ? 1_000 : parts[2] === "M" ? 1_000_000 : 1;
  return Math.round(Number(parts[1]!.replaceAll(",", "")) * unit);
}
