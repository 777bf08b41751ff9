/**
 * Names as numbers: strings that many events share (sessions, folders, models, …) are stored once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { hashText } from "../events/hash.ts";
import type { Batch } from "./batch.ts";

/** 64 bits that are the same for the same text in every run. */
export interface NameHash {
  readonly high: number;
  readonly low: number;
}

/** The writer's view of the table `names`, and of the names that batches bring along. */
export class NameTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #text: StatementSync;
  readonly #idByText = new Map<string, number>();
  readonly #textById = new Map<number, string>();
  /** By a batch's number of a name: its text and, once looked up, its id. */
  readonly #batchTexts: string[] = [""];
  #batchIds: number[] = [0];
  readonly #batchHashes: NameHash[] = [{ high: 0, low: 0 }];

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("select id from names where text = ?");
    this.#insert = database.prepare("insert into names (text) values (?)");
    this.#text = database.prepare("select text from names where id = ?");
  }

  /** Notes the names that a batch defines; later batches may use them, in whatever order they are committed. */
  learn(batch: Batch): void {
    batch.names.forEach((text, index) => {
      this.#batchTexts[batch.firstName + index] = storable(text);
      this.#batchIds[batch.firstName + index] = 0;
      this.#batchHashes[batch.firstName + index] = hashName(text);
    });
  }

  /** The id of a batch's name; 0 stays 0. */
  idOfBatch(number: number): number {
    const known = this.#batchIds[number]!;
    if (known !== 0 || number === 0) return known;
    return this.#batchIds[number] = this.id(this.#batchTexts[number]!);
  }

  /** The text of a batch's name. */
  textOfBatch(number: number): string {
    return this.#batchTexts[number]!;
  }

  /** A hash of a batch's name; that of none is 0. */
  hashOfBatch(number: number): NameHash {
    return this.#batchHashes[number]!;
  }

  /** The id of a text as it was learned or read, which is stored if it is new; `undefined` has 0. */
  id(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#idByText.get(text);
    if (known !== undefined) return known;
    const id = this.#select.get(text)?.id as number | undefined ??
      Number(this.#insert.run(text).lastInsertRowid);
    this.#idByText.set(text, id);
    return id;
  }

  /** The text of an id. */
  text(id: number): string {
    const known = this.#textById.get(id);
    if (known !== undefined) return known;
    const text = this.#text.get(id)!.text as string;
    this.#textById.set(id, text);
    return text;
  }

  /** Forgets all ids: the transaction that stored some of them was rolled back. */
  forget(): void {
    this.#idByText.clear();
    this.#textById.clear();
    this.#batchIds = this.#batchTexts.map(() => 0);
  }
}

/** The hash of a name. */
export function hashName(text: string): NameHash {
  const hash = hashText(text);
  return { high: parseInt(hash.slice(0, 8), 16), low: parseInt(hash.slice(8), 16) };
}

/** The text as it comes back from the store: node:sqlite cuts it at its first NUL, and UTF-8 has no lone surrogates. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
