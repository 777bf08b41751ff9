/**
 * A transcript that an agent is writing: appends prompts to it and says how long each takes to be in the store.
 *
 * @module
 */

import { loadReading } from "../../src/agents/agent.ts";
import { claudeCode } from "../../src/agents/claude_code.ts";
import type { EventDraft } from "../../src/events/event.ts";
import { computeId } from "../../src/events/id.ts";
import type { Home } from "../generate_home.ts";
import { findTranscripts } from "./floor.ts";
import { pause } from "./proc.ts";
import type { StoreReader } from "./store.ts";

const readable = await loadReading(claudeCode);

/** How long a line may take before the measurement is given up, in milliseconds. */
const PATIENCE = 30_000;

/** A line that was appended. */
export interface Appended {
  /** Of the event that it makes. */
  readonly id: Uint8Array;
  /** `performance.now()` just before it was written. */
  readonly at: number;
  /** Its length. */
  readonly bytes: number;
}

/** The largest transcript of Claude Code in a home, opened for appending. */
export class LiveSource implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #relativePath: string;
  readonly #sessionId: string;
  #number = 0;

  constructor(home: Home) {
    const root = `${home.folder}/.claude/projects`;
    const sizes = Array.from(findTranscripts(root))
      .filter((path) => !path.includes("/subagents/"))
      .map((path) => ({ path, size: Deno.statSync(path).size }));
    this.path = sizes.reduce((largest, source) => source.size > largest.size ? source : largest).path;
    this.#relativePath = this.path.slice(root.length + 1);
    this.#sessionId = this.path.slice(this.path.lastIndexOf("/") + 1, -".jsonl".length);
    this.#file = Deno.openSync(this.path, { append: true });
  }

  /** Appends a prompt, in one write. */
  append(): Appended {
    const record = {
      parentUuid: null,
      isSidechain: false,
      userType: "external",
      cwd: "/home/dev/work/live",
      sessionId: this.#sessionId,
      version: "2.1.34",
      gitBranch: "main",
      type: "user",
      message: { role: "user", content: `Prompt ${++this.#number} of a session that is going on` },
      uuid: crypto.randomUUID(),
      timestamp: new Date().toISOString(),
    };
    const id = this.#idOf(record);
    const line = new TextEncoder().encode(JSON.stringify(record) + "\n");
    const at = performance.now();
    if (this.#file.writeSync(line) !== line.length) {
      throw new Error(`${this.path} took only a part of a line`);
    }
    return { id, at, bytes: line.length };
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  #idOf(record: Readonly<Record<string, unknown>>): Uint8Array {
    const drafts: EventDraft[] = [];
    const parser = readable.parser({ relativePath: this.#relativePath }, (event) => drafts.push(event));
    parser.record(record, 0);
    parser.flush();
    const prompt = drafts.find(({ type }) => type === "llm_request");
    if (prompt === undefined) throw new Error("A prompt makes no event");
    return computeId(claudeCode.id, prompt.anchor, prompt.key);
  }
}

/** Milliseconds from the append until a reader sees the event; it looks every millisecond. */
export async function awaitCommit(reader: StoreReader, { id, at }: Appended): Promise<number> {
  while (!reader.has(id)) {
    if (performance.now() - at > PATIENCE) {
      throw new Error(`An appended line is not in the store after ${PATIENCE} ms`);
    }
    await pause(1);
  }
  return performance.now() - at;
}
