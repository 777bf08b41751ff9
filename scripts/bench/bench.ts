/**
 * What every measurement is given, and what it is.
 *
 * @module
 */

import { generateHome, generateManySources, type Home } from "../generate_home.ts";
import type { Figure } from "./figure.ts";
import type { ShapeName } from "./home/shape.ts";
import { type DatabaseName, makeDatabase } from "./home/databases.ts";
import { Program } from "./program.ts";
import { formatSize } from "./size.ts";

/** One group of lines of the table. */
export interface Measurement {
  /** What `--only` calls it. */
  readonly name: string;
  measure(bench: Bench): AsyncIterable<Figure>;
}

/** How the bench was called. */
export interface BenchOptions {
  /** Bytes of a history of usual size. */
  readonly bytes: number;
  /** How often what takes seconds is repeated; the median counts. */
  readonly runs: number;
  /** How long a collector is left alone before its memory is read. */
  readonly idleMinutes: number;
  /** How many lines are appended one by one. */
  readonly appends: number;
  /** How many sources many sources are. */
  readonly sources: number;
}

/** Gives homes, and programs with stores of their own, in a folder that is removed afterwards. */
export class Bench implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "devlog-bench-" });
  readonly #homes = new Map<string, Home>();
  #programs = 0;

  constructor(readonly options: BenchOptions) {}

  /** The home of that shape and size: generated when first asked for, and the same for all that only read it. */
  home(shape: ShapeName, bytes: number): Home {
    return this.#keep(`${shape}-${formatSize(bytes)}`, (folder) => generateHome(folder, { shape, bytes }));
  }

  /** The home with that many small sources. */
  manySources(sources: number): Home {
    return this.#keep(`${sources}-sources`, (folder) => generateManySources(folder, { sources }));
  }

  /** The home with one database; its `files` are conversations. */
  database(name: DatabaseName, bytes: number): Home {
    return this.#keep(`${name}-${formatSize(bytes)}`, (folder) => {
      const { conversations, bytes: size, events } = makeDatabase(name, folder, bytes);
      return { folder, files: conversations, bytes: size, lines: 0, events };
    });
  }

  /** The program with a store that does not exist yet. What others wrote is on the disk before it runs. */
  async program(home: Home): Promise<Program> {
    await new Deno.Command("sync").output();
    return new Program(home, `${this.#folder}/store-${++this.#programs}`);
  }

  /** Removes a program's store. */
  async discard(program: Program): Promise<void> {
    await Deno.remove(program.devlogHome, { recursive: true });
  }

  /** Removes a home that nobody else needs, because of its size or because it was changed. */
  async discardHome(home: Home): Promise<void> {
    const [name] = [...this.#homes].find(([, kept]) => kept === home)!;
    this.#homes.delete(name);
    await Deno.remove(home.folder, { recursive: true });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #keep(name: string, generate: (folder: string) => Home): Home {
    let home = this.#homes.get(name);
    if (home === undefined) {
      home = generate(`${this.#folder}/${name.replaceAll(" ", "")}`);
      this.#homes.set(name, home);
    }
    return home;
  }
}
