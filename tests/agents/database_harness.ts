/**
 * Drives an adapter of a database as the program does: a database that SQLite makes, read again and again.
 *
 * @module
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Agent, JsonObject, RecordOutcome, RecordParser } from "../../src/agents/agent.ts";
import type { EventDraft } from "../../src/events/event.ts";
import { computeId, formatId } from "../../src/events/id.ts";
import { type SourceCursor, START } from "../../src/sources/cursor.ts";
import { SourceReader } from "../../src/sources/source_reader.ts";
import type { IdentifiedDraft } from "./harness.ts";
import { readable } from "./readable.ts";

/** A database that an agent writes. */
export class AgentDatabase implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly path = join(this.folder, "agent.db");
  readonly database: DatabaseSync;
  readonly #agent: Agent;
  readonly #relativePath: string;
  readonly #companions: { readonly [name: string]: unknown } | undefined;
  #cursor: SourceCursor = START;
  #state: unknown;
  /** What was told last of each event. */
  readonly events = new Map<string, IdentifiedDraft>();
  readonly unknown: Record<string, number> = {};

  constructor(
    agent: Agent,
    relativePath: string,
    { mode = "wal", companions }: { mode?: string; companions?: { readonly [name: string]: unknown } } = {},
  ) {
    this.#agent = agent;
    this.#relativePath = relativePath;
    this.#companions = companions;
    this.database = new DatabaseSync(this.path);
    this.database.exec(`pragma journal_mode = ${mode}; pragma synchronous = off`);
  }

  /** Reads what is new. */
  async read(): Promise<void> {
    const emit = (event: EventDraft) => {
      const id = formatId(computeId(this.#agent.id, event.anchor, event.key));
      // As the store does: a copy in another conversation is not shown before the original.
      const known = this.events.get(id);
      if (event.copied && known !== undefined && !known.copied) return;
      this.events.set(id, { ...JSON.parse(JSON.stringify(event)), id });
    };
    const note = (outcome: RecordOutcome | void) => {
      if (outcome !== undefined) this.unknown[outcome.unknown] = (this.unknown[outcome.unknown] ?? 0) + 1;
    };
    const source = {
      relativePath: this.#relativePath,
      ...this.#companions && { companions: this.#companions },
    };
    let parser: RecordParser | undefined;
    using reader = SourceReader.open({
      path: this.path,
      realRoot: this.folder,
      format: "database",
      cursor: this.#cursor,
      database: { layout: readable(this.#agent).database!, state: this.#state, collectedFrom: 0 },
    });
    const sink = {
      begin: () => parser = readable(this.#agent).parser(source, emit),
      record: (record: JsonObject, position: number) => {
        // As one that is not understood is kept.
        JSON.stringify(record);
        note(parser!.record(record, position));
      },
      end: () => note(parser!.flush()),
      damaged: () => {},
    };
    while (await reader.step(sink));
    this.#cursor = reader.cursor();
    this.#state = JSON.parse(JSON.stringify(reader.state()));
  }

  /** All events, by session, place and id. */
  told(): readonly IdentifiedDraft[] {
    return [...this.events.values()].toSorted((a, b) =>
      a.sessionId < b.sessionId
        ? -1
        : a.sessionId > b.sessionId
        ? 1
        : a.position - b.position || (a.id < b.id ? -1 : 1)
    );
  }

  [Symbol.dispose](): void {
    this.database.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}
