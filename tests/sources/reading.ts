/**
 * Reads sources in tests and writes down what comes out.
 *
 * @module
 */

import type { SourceFormat } from "../../src/agents/agent.ts";
import { type SourceCursor, START } from "../../src/sources/cursor.ts";
import { type RecordSink, SourceReader } from "../../src/sources/source_reader.ts";

/** What a source handed over, one line each. */
export class Notes implements RecordSink {
  readonly lines: string[] = [];

  record(record: unknown, position: number, _length: number, raw: () => Uint8Array): void {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(raw());
    this.lines.push(
      `${position} ${text === JSON.stringify(record) ? "" : `${text} -> `}${JSON.stringify(record)}`,
    );
  }

  damaged(position: number, length: number, reason: string, _raw: Uint8Array): void {
    this.lines.push(`${position} +${length} ${reason}`);
  }
}

/** How a source is read in a test. */
export interface Options {
  readonly format?: SourceFormat;
  readonly cursor?: SourceCursor;
  readonly maxLine?: number;
  readonly blockSize?: number;
}

/** One reading: what came, and where it ended. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly cursor: SourceCursor;
  readonly resumed: boolean;
  readonly bytesRead: number;
}

/** Reads a file from a cursor to its end; its folder is the root. */
export async function readSource(path: string, options: Options = {}): Promise<Outcome> {
  const notes = new Notes();
  using reader = SourceReader.open({
    path,
    realRoot: Deno.realPathSync(path.slice(0, path.lastIndexOf("/"))),
    format: "jsonl",
    cursor: START,
    ...options,
  });
  while (await reader.step(notes));
  return {
    lines: notes.lines,
    cursor: reader.cursor(),
    resumed: reader.resumed,
    bytesRead: reader.bytesRead,
  };
}

/** A folder of its own for one test, and its removal. */
export class Folder {
  readonly path: string;

  constructor() {
    this.path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog-sources-" }));
  }

  /** Writes a file below it and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(path, bytesOf(content));
    return path;
  }

  /** Appends to a file. */
  append(path: string, content: string | Uint8Array): void {
    Deno.writeFileSync(path, bytesOf(content), { append: true });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** The UTF-8 bytes of a text. */
export function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Joins bytes and texts. */
export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map(bytesOf);
  const joined = new Uint8Array(all.reduce((length, bytes) => length + bytes.length, 0));
  let end = 0;
  for (const bytes of all) {
    joined.set(bytes, end);
    end += bytes.length;
  }
  return joined;
}
