/**
 * Made-up text that packs and tokenizes like real text: words of a Zipf vocabulary, code, terminal output, some of it
 * beyond ASCII. It is built once as a few megabytes; every text is a slice of them.
 *
 * @module
 */

import { Random } from "./random.ts";

/** How many different words there are. */
export const VOCABULARY_SIZE = 50_000;

/** Characters in each pool: longer than any text that is asked for, and than what a compressor looks back. */
const POOL_LENGTH = 4_000_000;
const FOREIGN_POOL_LENGTH = 500_000;

const ONSETS =
  "b c d f g h j k l m n p r s t v w b c d f g h l m n p r s t br ch cl dr fl gr pl qu sh st th tr"
    .split(" ");
const VOWELS = "a e i o u a e i o u ai ea ee io ou".split(" ");
const CODAS = ["", "", "", "", "n", "r", "s", "t", "l", "m", "nd", "ng", "st"];
const FOREIGN_SENTENCES = [
  "Die Änderung läuft nun für alle Größen – „ohne Rückfrage“.",
  "Le fichier a été déplacé ; il n’y a plus d’accès à l’ancien chemin.",
  "設定ファイルを読み込み、テストを実行してください。",
  "这个函数在空输入时会返回错误，需要补充一个测试。",
  "Проверьте, что журнал закрыт до того, как процесс завершится.",
  "✓ 214 passed → ✗ 3 failed ⚠ 1 skipped 🚀",
  "├── src\n│   ├── main.ts\n│   └── café_ñandú.ts\n└── 0 directories",
];

/** Slices of the pools, each drawn with the caller's own randomness. */
export class Text {
  readonly #prose: string;
  readonly #code: string;
  readonly #foreign: string;
  readonly #base64: string;
  readonly #words: readonly string[];

  constructor(seed: number) {
    const random = new Random(seed, 0x7e87);
    const zipf = zipfSampler(random);
    this.#words = makeVocabulary(random);
    const word = () => this.#words[zipf()]!;
    this.#prose = fill(POOL_LENGTH, () => makeSentence(random, word));
    this.#code = fill(POOL_LENGTH, () => makeCodeLine(random, word));
    this.#foreign = fill(
      FOREIGN_POOL_LENGTH,
      () => random.chance(0.2) ? random.pick(FOREIGN_SENTENCES) + "\n" : makeSentence(random, word),
    );
    this.#base64 = fill(FOREIGN_POOL_LENGTH, () => random.providerId() + random.providerId().toUpperCase());
  }

  /** About `length` characters of what people and models write; one in ten has characters beyond ASCII. */
  prose(random: Random, length: number): string {
    const foreign = length < FOREIGN_POOL_LENGTH / 2 && random.chance(0.1);
    return slice(foreign ? this.#foreign : this.#prose, random, length, " ");
  }

  /** About `length` characters of source code or terminal output, in whole lines where they are long enough. */
  code(random: Random, length: number): string {
    if (length > POOL_LENGTH / 2) return this.code(random, length / 2) + this.code(random, length / 2);
    return slice(this.#code, random, length, length > 200 ? "\n" : " ");
  }

  /** `length` characters of what does not compress: signatures, encrypted reasoning. */
  base64(random: Random, length: number): string {
    const start = random.integer(0, FOREIGN_POOL_LENGTH - length);
    return this.#base64.slice(start, start + length);
  }

  /** A path below a folder, of which there are some thousands. */
  path(random: Random, folder: string): string {
    const part = () => this.#words[random.integer(100, 140)]!;
    return `${folder}/src/${part()}/${part()}_${part()}.ts`;
  }
}

function slice(pool: string, random: Random, length: number, boundary: string): string {
  const start = pool.indexOf(boundary, random.integer(0, pool.length - length - 1_000)) + 1;
  return pool.slice(start, pool.indexOf(boundary, start + length));
}

function fill(length: number, next: () => string): string {
  const parts: string[] = [];
  for (let size = 0; size < length;) {
    const part = next();
    parts.push(part);
    size += part.length;
  }
  return parts.join("");
}

function makeVocabulary(random: Random): readonly string[] {
  const words = new Set<string>();
  while (words.size < VOCABULARY_SIZE) {
    // Frequent words are short, as in any language.
    const syllables = 1 + Math.floor(Math.log10(words.size / 200 + 1) + random.fraction() * 1.2);
    let word = "";
    for (let index = 0; index < syllables; index++) {
      word += random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS);
    }
    words.add(word);
  }
  return [...words];
}

/** Draws ranks: the k-th word is as likely as 1 / (k + 2.7), Mandelbrot's form of Zipf's law. */
function zipfSampler(random: Random): () => number {
  const cumulative = new Float64Array(VOCABULARY_SIZE);
  let total = 0;
  for (let rank = 0; rank < VOCABULARY_SIZE; rank++) cumulative[rank] = total += 1 / (rank + 3.7);
  return () => {
    const target = random.fraction() * total;
    let low = 0;
    let high = VOCABULARY_SIZE - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function capitalize(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

function makeSentence(random: Random, word: () => string): string {
  let sentence = capitalize(word());
  for (let left = random.integer(3, 20); left > 0; left--) {
    const next = word();
    sentence += random.chance(0.06)
      ? ` \`${next}_${word()}\``
      : random.chance(0.05)
      ? `, ${next}`
      : ` ${next}`;
  }
  const end = random.fraction();
  return sentence + (end < 0.75 ? ". " : end < 0.85 ? "?\n" : end < 0.95 ? ".\n\n" : ":\n- ");
}

function makeCodeLine(random: Random, word: () => string): string {
  const name = () => word() + capitalize(word());
  const indent = "  ".repeat(random.integer(0, 4));
  switch (random.integer(0, 7)) {
    case 0:
      return `${indent}const ${name()} = await ${name()}(${word()}, "${word()} ${word()}");\n`;
    case 1:
      return `${indent}if (${name()}.${word()} !== undefined && ${word()} < ${random.integer(0, 999)}) {\n`;
    case 2:
      return `${indent}return { ${word()}: ${name()}, ${word()}: [${
        random.integer(0, 99)
      }, '${word()}'] };\n`;
    case 3:
      return `${indent}}\n\n`;
    case 4:
      return `${indent}// ${capitalize(word())} ${word()} ${word()} ${word()} ${word()}.\n`;
    case 5:
      return `src/${word()}/${word()}.ts:${random.integer(1, 900)}:${
        random.integer(1, 90)
      } ${word()} ${word()}\n`;
    case 6:
      return `\t${name()}(\\"${word()}\\n\\", ${random.uint32()});\n`;
    default:
      return `drwxr-xr-x  ${random.integer(1, 40)} ${word()} staff ${
        random.integer(64, 99_999)
      } ${word()}.${word()}\n`;
  }
}
