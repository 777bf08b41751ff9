/**
 * The terminal, or the pipe or file that stands in its place.
 *
 * @module
 */

import type { ReadVariable } from "../platform/environment.ts";
import { Announcer, type AsyncStream } from "./announcer.ts";
import { COLOURS, NO_COLOURS, type Palette, usesColours } from "./palette.ts";

/** Where a command prints. Text that comes from logs goes through `sanitize` first. */
export interface Terminal {
  /**
   * Writes to stdout, all of it; it adds no newline.
   *
   * @throws {OutputClosed} when nobody reads any more; left alone it ends the program with exit code 0
   */
  out(text: string): void;
  /** Writes to stderr, all of it; it adds no newline. Nobody reading is no error. */
  err(text: string): void;
  /** Writes to stderr without waiting for whoever reads it. What goes to `err` must wait for it to settle. */
  readonly announcer: Pick<Announcer, "say" | "show" | "settled">;
  /** Whether stderr is a terminal on which a line of progress may be drawn over. */
  readonly isInteractive: boolean;
  /** The width for stdout in cells. In a pipe or file, where nothing should be cut, it is `COLUMNS`, else `Infinity`. */
  readonly columns: number;
  /** The width for stderr in cells, 80 where it is unknown. */
  readonly errColumns: number;
  /** Colours for stdout. */
  readonly colour: Palette;
  /** Colours for stderr. */
  readonly errColour: Palette;
}

/** Who reads our output has gone (`query | head`). Its own class, for a network connection can break in the same way. */
export class OutputClosed extends Deno.errors.BrokenPipe {
  override readonly name = "OutputClosed";
}

/** A stream of the process: `Deno.stdout`, `Deno.stderr`. */
export interface OutputStream extends AsyncStream {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** What a {@link Terminal} is made from. */
export interface TerminalParts {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly read: ReadVariable;
  /** The width of the terminal in cells; may throw where there is none. */
  readonly consoleColumns: () => number;
}

/** The terminal of the given streams. */
export function makeTerminal({ stdout, stderr, read, consoleColumns }: TerminalParts): Terminal {
  const encoder = new TextEncoder();
  const palette = (stream: OutputStream) => usesColours(read, stream.isTerminal()) ? COLOURS : NO_COLOURS;
  const width = (stream: OutputStream, otherwise: number) => {
    const measured = stream.isTerminal() ? measure(consoleColumns) : 0;
    return measured || Math.max(0, Math.trunc(Number(read("COLUMNS")))) || otherwise;
  };
  return {
    out: (text) => writeAll(stdout, encoder.encode(text)),
    err: (text) => {
      try {
        writeAll(stderr, encoder.encode(text));
      } catch (error) {
        if (!(error instanceof OutputClosed)) throw error;
      }
    },
    announcer: new Announcer(stderr),
    isInteractive: stderr.isTerminal() && read("TERM") !== "dumb",
    // Asked anew each time: people resize their terminals.
    get columns() {
      return width(stdout, Infinity);
    },
    get errColumns() {
      return width(stderr, 80);
    },
    colour: palette(stdout),
    errColour: palette(stderr),
  };
}

function measure(consoleColumns: () => number): number {
  try {
    return consoleColumns();
  } catch {
    return 0;
  }
}

/**
 * Writes all bytes. A pipe that another program made non-blocking and that is full is tried again.
 *
 * @throws {OutputClosed} when nobody reads any more
 */
export function writeAll(stream: Pick<OutputStream, "writeSync">, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += stream.writeSync(bytes.subarray(written));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed("nobody reads", { cause: error });
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
