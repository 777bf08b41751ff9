/**
 * A remote that is a file on this machine: JSON Lines, one event a line, rotated by size.
 *
 * An event is in the file once, also after a crash. The only batch that can be sent twice is the one that was under way
 * when the program ended, and it was the last that was written: so before the first batch is written, what the end of
 * the file has of it is cut off.
 *
 * @module
 */

import { dirname } from "node:path";
import type { FileRemoteConfig } from "../config/config.ts";
import { pack } from "../platform/pack.ts";
import type { Answer, Connection, FrozenBatch, OutgoingEvent, Payload, RemoteKind, Trial } from "./remote.ts";

const encoder = new TextEncoder();
const NEWLINE = 10;
const BRACE = 0x7b;
/** So many zeros a file system may leave at the end of a file where the machine lost its power. */
const ZEROS = 1 << 16;

/** The kind. */
export const fileRemote: RemoteKind<FileRemoteConfig> = {
  type: "file",
  target: ({ path }) => path,
  encode: (events) => Promise.resolve(encodeLines(events)),
  connect: (config) => new EventFile(config),
};

/** The events as JSON Lines. */
export function encodeLines(events: readonly OutgoingEvent[]): Payload {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  return { body: encoder.encode(text), headers: { "content-type": "application/x-ndjson" } };
}

/** What is there is not ours to write to. */
class ForeignFileError extends Error {
  override readonly name = "ForeignFileError";
}

/** The file, and the older ones beside it. */
class EventFile implements Connection {
  readonly #config: FileRemoteConfig;
  #file: Deno.FsFile | undefined;
  #size = 0;

  constructor(config: FileRemoteConfig) {
    this.#config = config;
  }

  async send(batch: FrozenBatch): Promise<Answer> {
    try {
      await this.#write(batch.body);
      return { kind: "accepted", rejected: [] };
    } catch (error) {
      // What was written of the batch is cut off when it comes again.
      this.#drop();
      return answerTo(error, this.#config.path);
    }
  }

  async try(): Promise<Trial> {
    const { path } = this.#config;
    try {
      const { isFile, size } = await Deno.stat(path);
      if (!isFile) return { ok: false, message: `${path} is no file` };
      (await Deno.open(path, { append: true })).close();
      return { ok: true, message: `${path} can be written; it has ${size} bytes` };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return { ok: true, message: `${path} is not there yet; it is made with the first event` };
      }
      return { ok: false, message: describe(error, path) };
    }
  }

  close(): Promise<void> {
    this.#drop();
    return Promise.resolve();
  }

  async #write(body: Uint8Array): Promise<void> {
    let file = this.#file ?? await this.#open(body);
    if (this.#size > 0 && this.#size + body.length > this.#config.max_file_bytes) {
      this.#drop();
      await this.#rotate();
      file = await this.#open(body);
    }
    for (let written = 0; written < body.length;) written += await file.write(body.subarray(written));
    await file.syncData();
    this.#size += body.length;
  }

  /** Opens the file, and cuts off what it has of a batch that did not get through. */
  async #open(body: Uint8Array): Promise<Deno.FsFile> {
    const { path } = this.#config;
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    this.#file = file;
    const { size } = await file.stat();
    const first = new Uint8Array(1);
    await readAt(file, 0, first);
    if (size > 0 && first[0] !== BRACE) {
      throw new ForeignFileError("it is there and holds no JSON Lines; it was not touched");
    }
    // One byte more, to see whether what comes before ends with a line, and what the end of power may have added.
    const end = new Uint8Array(Math.min(size, body.length + 1 + ZEROS));
    await readAt(file, size - end.length, end);
    const kept = keptLength(end, body);
    this.#size = size - end.length + kept;
    if (this.#size < size) await file.truncate(this.#size);
    await file.seek(0, Deno.SeekMode.End);
    if (kept > 0 && end[kept - 1] !== NEWLINE) {
      this.#size += await file.write(new Uint8Array([NEWLINE]));
    }
    return file;
  }

  /** Gives the file another name, with the time, and compresses it if that is wanted. */
  async #rotate(): Promise<void> {
    const { path, compress } = this.#config;
    const time = new Date().toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
    const rotated = await freeName(path, time);
    await Deno.rename(path, rotated);
    if (compress !== "zstd") return;
    const { bytes } = pack(await Deno.readFile(rotated), 0);
    const draft = `${rotated}.zst.new`;
    await Deno.writeFile(draft, bytes, { mode: 0o600 });
    await Deno.rename(draft, `${rotated}.zst`);
    await Deno.remove(rotated);
  }

  #drop(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** How much of the end of a file stays when a batch is written that it may have already, or a part of it. */
export function keptLength(end: Uint8Array, body: Uint8Array): number {
  let length = end.length;
  while (length > 0 && end[length - 1] === 0) length--;
  for (let start = Math.max(0, length - body.length); start < length; start++) {
    if (start > 0 && end[start - 1] !== NEWLINE) continue;
    if (isStart(end.subarray(start, length), body)) return start;
  }
  return length;
}

function isStart(start: Uint8Array, whole: Uint8Array): boolean {
  for (let index = 0; index < start.length; index++) {
    if (start[index] !== whole[index]) return false;
  }
  return true;
}

async function readAt(file: Deno.FsFile, position: number, into: Uint8Array): Promise<void> {
  await file.seek(position, Deno.SeekMode.Start);
  for (let read = 0; read < into.length;) {
    const count = await file.read(into.subarray(read));
    if (count === null) return;
    read += count;
  }
}

async function freeName(path: string, time: string): Promise<string> {
  const [, stem, end] = /^(.*?)(\.[^./\\]*)?$/s.exec(path)!;
  for (let number = 1;; number++) {
    const name = `${stem}-${time}${number === 1 ? "" : `-${number}`}${end ?? ""}`;
    if (!await exists(name) && !await exists(`${name}.zst`)) return name;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What keeps a file from being written and needs a person; all else (a full disk) may pass. */
function answerTo(error: unknown, path: string): Answer {
  const message = describe(error, path);
  const kinds = [Deno.errors.PermissionDenied, Deno.errors.IsADirectory, Deno.errors.NotADirectory];
  const isRefused = error instanceof ForeignFileError || kinds.some((kind) => error instanceof kind) ||
    error instanceof Deno.errors.NotCapable;
  return isRefused ? { kind: "refused", message } : { kind: "unavailable", message };
}

function describe(error: unknown, path: string): string {
  return `${path} can't be written: ${error instanceof Error ? error.message : error}`;
}
