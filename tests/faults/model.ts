/**
 * A few transcripts that are written, moved, cut, replaced and deleted at random, and what must be in the store then.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { linesOf, Project } from "./collecting.ts";
import { append, promptLine, supersededPrompts } from "./prompts.ts";
import { checkStore } from "./store_state.ts";

/** How many files there are at the most. */
const FILES = 3;
/** Longer than the head by which a file is known again. */
const LONG = 5_000;

/** One thing that happens. A file that must be there, and is not, lets nothing happen. */
export type Step =
  | { readonly does: "append"; readonly file: number; readonly lines: number; readonly long: boolean }
  /** Half a line; the next append to the file brings the rest. */
  | { readonly does: "half"; readonly file: number; readonly at: number }
  /** Moves the file away, to the next free name. */
  | { readonly does: "move"; readonly file: number }
  /** Moves the file away and begins a new one in its place. */
  | { readonly does: "rotate"; readonly file: number }
  /** Cuts the file, to a part of its lines. */
  | { readonly does: "truncate"; readonly file: number; readonly keeps: number }
  /** Writes the file anew: some of its first lines, and new ones; by rename, or in place. */
  | { readonly does: "rewrite"; readonly file: number; readonly keeps: number; readonly byRename: boolean }
  | { readonly does: "delete"; readonly file: number }
  | { readonly does: "sync" }
  /** Starts a sync and kills it after a part of the time that it takes. */
  | { readonly does: "kill"; readonly after: number };

/** Steps of all kinds. */
export function stepsArbitrary(withKills: boolean, maxLength: number): fc.Arbitrary<readonly Step[]> {
  const file = fc.nat({ max: FILES - 1 });
  const keeps = fc.double({ min: 0, max: 1, noNaN: true });
  const does = <T extends Step["does"]>(name: T) => fc.constant(name);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: does("append"),
        file,
        lines: fc.integer({ min: 1, max: 4 }),
        long: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ does: does("half"), file, at: keeps }) },
    { weight: 1, arbitrary: fc.record({ does: does("move"), file }) },
    { weight: 1, arbitrary: fc.record({ does: does("rotate"), file }) },
    { weight: 1, arbitrary: fc.record({ does: does("truncate"), file, keeps }) },
    { weight: 1, arbitrary: fc.record({ does: does("rewrite"), file, keeps, byRename: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ does: does("delete"), file }) },
    { weight: 4, arbitrary: fc.record({ does: does("sync") }) },
    ...withKills ? [{ weight: 3, arbitrary: fc.record({ does: does("kill"), after: keeps }) }] : [],
  );
  return fc.array(step, { minLength: 1, maxLength });
}

interface FileModel {
  readonly name: string;
  readonly texts: string[];
  /** What is missing of the last line, and its prompt. */
  pending?: { readonly rest: Uint8Array; readonly text: string };
}

/** The files as they should be, beside the files as they are. */
export class Model implements Disposable {
  readonly project: Project = new Project();
  readonly #files: (FileModel | undefined)[] = [];
  /** Prompts that were there, in whole lines, at the time of a sync: they stay for ever. */
  readonly #seen = new Set<string>();
  /** All prompts that were ever written, in part or whole. */
  readonly #written = new Set<string>();
  #names = 0;

  /** Lets one thing happen. `kill` runs and kills a sync of the project. */
  async apply(step: Step, kill: (project: Project, after: number) => Promise<void>): Promise<void> {
    switch (step.does) {
      case "sync":
        await this.sync();
        return;
      case "kill":
        await kill(this.project, step.after);
        return;
      case "append":
        this.#append(step.file, step.lines, step.long);
        return;
      case "half":
        this.#half(step.file, step.at);
        return;
    }
    const file = this.#files[step.file];
    if (file === undefined) return;
    const path = this.project.path(file.name);
    switch (step.does) {
      case "move": {
        const name = this.#newName();
        Deno.renameSync(path, this.project.path(name));
        this.#files[step.file] = { ...file, name };
        break;
      }
      case "rotate": {
        Deno.renameSync(path, this.project.path(this.#newName()));
        this.#moved.push(...file.texts);
        this.#files[step.file] = { name: file.name, texts: [] };
        this.#append(step.file, 1, false);
        break;
      }
      case "truncate": {
        const kept = file.texts.slice(0, Math.floor(step.keeps * file.texts.length));
        Deno.truncateSync(path, new TextEncoder().encode(linesOf(kept)).length);
        this.#files[step.file] = { name: file.name, texts: kept };
        break;
      }
      case "rewrite": {
        const kept = file.texts.slice(0, Math.floor(step.keeps * file.texts.length));
        const texts = [...kept, this.#newText(false)];
        const draft = step.byRename ? `${this.project.folder}/draft` : path;
        Deno.writeTextFileSync(draft, linesOf(texts));
        if (step.byRename) Deno.renameSync(draft, path);
        this.#files[step.file] = { name: file.name, texts };
        break;
      }
      case "delete":
        Deno.removeSync(path);
        this.#files[step.file] = undefined;
    }
  }

  /** Syncs, and checks what is in the store then. */
  async sync(): Promise<void> {
    const present = [...this.#files.flatMap((file) => file?.texts ?? []), ...this.#moved];
    for (const text of present) this.#seen.add(text);
    await this.project.sync();
    const current = this.project.prompts();
    const stored = [...current, ...supersededPrompts(this.project.store)];
    assertEquals(
      present.filter((text) => !current.includes(text)),
      [],
      "lines that are there and not in the store",
    );
    assertEquals(
      [...this.#seen].filter((text) => !stored.includes(text)),
      [],
      "lines that were there and are lost",
    );
    assertEquals(stored.filter((text) => !this.#written.has(text)), [], "events that nobody wrote");
    assertEquals(stored.length, new Set(stored).size, "events that are there twice");
  }

  /** Looks whether the store is sound. */
  check(): void {
    checkStore(this.project.store);
  }

  [Symbol.dispose](): void {
    this.project[Symbol.dispose]();
  }

  /** The lines of files that were rotated away. */
  readonly #moved: string[] = [];

  #append(index: number, lines: number, long: boolean): void {
    const file = this.#files[index] ??= { name: this.#newName(), texts: [] };
    const path = this.project.path(file.name);
    if (file.pending !== undefined) {
      append(path, file.pending.rest);
      file.texts.push(file.pending.text);
      file.pending = undefined;
    }
    for (let line = 0; line < lines; line++) {
      const text = this.#newText(long);
      append(path, promptLine(text));
      file.texts.push(text);
    }
  }

  #half(index: number, at: number): void {
    if (this.#files[index]?.pending !== undefined) this.#append(index, 0, false);
    const file = this.#files[index] ??= { name: this.#newName(), texts: [] };
    const text = this.#newText(false);
    const line = new TextEncoder().encode(promptLine(text));
    // Without its newline at least, and not nothing.
    const cut = 1 + Math.floor(at * (line.length - 2));
    append(this.project.path(file.name), line.subarray(0, cut));
    file.pending = { rest: line.subarray(cut), text };
  }

  #newText(long: boolean): string {
    const text = `p${this.#written.size} ü${long ? "x".repeat(LONG) : ""}`;
    this.#written.add(text);
    return text;
  }

  #newName(): string {
    // Files are found in the order of their names: a new one comes before the others, or after them.
    return `${"maz"[this.#names % 3]}${this.#names++}`;
  }
}

/** Runs all steps on a model of its own and syncs in the end. */
export async function runSteps(
  steps: readonly Step[],
  kill: (project: Project, after: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  using model = new Model();
  for (const step of steps) await model.apply(step, kill);
  await model.sync();
  model.check();
}
