/**
 * Random numbers that are the same in every run: a seed decides all that follows.
 *
 * The generator is sfc32 of PractRand: 128 bits of state, fast, and good enough for made-up text.
 *
 * @module
 */

/** A stream of random values that its seed decides. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seeds up to three integers; different ones give unrelated streams */
  constructor(...seeds: readonly number[]) {
    [this.#a = 0, this.#b = 0, this.#c = 0] = seeds.map((seed) => seed | 0);
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** 0 … 2^32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number from `low` up to and including `high`. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** A whole number between two positive bounds, each order of magnitude being as likely as the next. */
  logUniform(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.fraction());
  }

  /** Whether something of that probability happens. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!;
  }

  /** Eight lower case hex digits for each `words`. */
  hex(words: number): string {
    let digits = "";
    for (let index = 0; index < words; index++) digits += this.uint32().toString(16).padStart(8, "0");
    return digits;
  }

  /** A UUIDv4, as Claude Code writes them. */
  uuid(): string {
    const hex = this.hex(4);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${
      hex.slice(20)
    }`;
  }

  /** A UUIDv7 of that time, as Codex writes them. */
  timeUuid(time: number): string {
    const hex = time.toString(16).padStart(12, "0");
    const rest = this.hex(3);
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${rest.slice(0, 3)}-9${rest.slice(3, 6)}-${
      rest.slice(6, 18)
    }`;
  }

  /** An id as model providers make them: 22 letters and digits. */
  providerId(): string {
    let id = "01";
    while (id.length < 22) id += this.uint32().toString(36);
    return id.slice(0, 22);
  }
}
