/**
 * A long list of which only a few items are in use at a time: the others are kept compressed.
 *
 * @module
 */

import { pack, unpack } from "../platform/pack.ts";

/** So many items stay as they are; what changes is nearly always the last. */
const IN_USE = 2;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An item, or the bytes that stand for it. */
type Item = { readonly value: unknown } | { readonly packed: Uint8Array };

/** The list. Items are JSON. */
export class PackedList implements Iterable<unknown> {
  readonly #items: Item[] = [];
  /** The items that are not compressed, the last used at the end. */
  #used: number[] = [];
  #isPacking = false;

  get length(): number {
    return this.#items.length;
  }

  /** From now on keeps what is not in use compressed. */
  startPacking(): void {
    if (this.#isPacking) return;
    this.#isPacking = true;
    this.#used = this.#items.map((_, index) => index);
    this.#trim();
  }

  /** The item at a place, to look at and to change; `undefined` where there is none. */
  edit(index: number): unknown {
    const item = this.#items[index];
    if (item === undefined) return undefined;
    const value = valueOf(item);
    this.#items[index] = { value };
    this.#use(index);
    return value;
  }

  set(index: number, value: unknown): void {
    // A gap is what JSON makes of it.
    while (this.#items.length < index) this.#items.push({ value: null });
    this.#items[index] = { value };
    this.#use(index);
  }

  push(value: unknown): void {
    this.set(this.#items.length, value);
  }

  /** Keeps the first items alone. */
  truncate(length: number): void {
    this.#items.length = Math.min(this.#items.length, length);
    this.#used = this.#used.filter((index) => index < this.#items.length);
  }

  remove(index: number): void {
    if (index >= this.#items.length) return;
    this.#items.splice(index, 1);
    this.#used = this.#used.filter((one) => one !== index).map((one) => one > index ? one - 1 : one);
  }

  /** All items, each only while it is looked at. */
  *[Symbol.iterator](): Generator<unknown> {
    for (const item of this.#items) yield valueOf(item);
  }

  #use(index: number): void {
    if (!this.#isPacking) return;
    this.#used = [...this.#used.filter((one) => one !== index), index];
    this.#trim();
  }

  #trim(): void {
    while (this.#used.length > IN_USE) {
      const index = this.#used.shift()!;
      const item = this.#items[index]!;
      if ("value" in item) this.#items[index] = { packed: packed(item.value) };
    }
  }
}

function packed(value: unknown): Uint8Array {
  return pack(encoder.encode(JSON.stringify(value ?? null)), 0).bytes;
}

function valueOf(item: Item): unknown {
  return "value" in item ? item.value : JSON.parse(decoder.decode(unpack(item.packed, true)));
}
