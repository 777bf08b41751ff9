/**
 * Turns the bytes of a source, as they come, into records, and knows how far that has gone.
 *
 * Lines end at a newline and nowhere else. A line is kept in memory only while it is at most `maxLine` long, whatever is
 * longer passes through.
 *
 * @module
 */

import type { JsonObject } from "../agents/agent.ts";
import type { SourceCursor } from "./cursor.ts";
import { parseHugeLine } from "./huge_line.ts";
import type { PickNeeded, ReadingLimits } from "./reading.ts";
import { DAMAGE_LENGTH, type RecordSink } from "./record_sink.ts";
import { decode, type Piece, skipZeros, splitRecords } from "./records.ts";
import type { Trail } from "./trail.ts";

/** A longer line is parsed in little memory, and its own is given back. */
const HUGE_LINE = 2 << 20;
/** So many bytes of lines are decoded at once, unless one is longer. */
const DECODED_AT_ONCE = 16 << 10;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Bytes that pass through without being kept: a run of zeros, or a line that is too long. */
interface Passing {
  readonly reason: "nul_run" | "too_long";
  readonly position: number;
  /** The trail behind them; it counts once their end has been seen. */
  readonly trail: Trail;
  /** The first {@link DAMAGE_LENGTH} bytes of a line that is too long, as far as they had come. */
  readonly raw: Uint8Array;
}

/** The block that a splitter gave back, for the next one: most files are small, a new block for each is not. */
let spareBlock: Uint8Array | undefined;

/** Splits one source. Fill {@link LineSplitter.space}, then say how much was {@link LineSplitter.filled}. */
export class LineSplitter {
  readonly #maxLine: number;
  readonly #isText: boolean;
  readonly #pickNeeded: PickNeeded | undefined;
  readonly #block: Uint8Array;
  #buffer: Uint8Array;
  /**
   * Room for the longest line, from the first on that needs more than the block. It is one that can be resized: between
   * long lines its memory is given back to the system, while a usual buffer would stay with the allocator.
   */
  #large: Uint8Array<ArrayBuffer> | undefined;
  /** The buffer holds the bytes `#start` to `#end`; the trail ends at `#start`. */
  #start = 0;
  #end = 0;
  /** Records up to here have been handed over; the trail follows at the end of each call. */
  #taken = 0;
  /** There is no newline between `#start` and here. */
  #searched = 0;
  #trail: Trail;
  /** The bytes of the record that is being handed over. */
  #rawStart = 0;
  #rawEnd = 0;
  readonly #raw = () => this.#buffer.subarray(this.#rawStart, this.#rawEnd);
  #passing: Passing | undefined;

  /**
   * @param trail where the bytes that will come begin
   * @param limits how long a line and a block may be, and whether the lines are text: of those each is a record, the
   * empty ones too, and the last one only once it has ended
   */
  constructor(
    trail: Trail,
    { maxLine, blockSize, isText, pickNeeded }:
      & Pick<ReadingLimits, "maxLine" | "blockSize">
      & Partial<Pick<ReadingLimits, "isText" | "pickNeeded">>,
  ) {
    this.#trail = trail;
    this.#maxLine = maxLine;
    this.#isText = isText ?? false;
    this.#pickNeeded = pickNeeded;
    this.#block = spareBlock?.length === blockSize ? spareBlock : new Uint8Array(blockSize);
    spareBlock = undefined;
    this.#buffer = this.#block;
  }

  /** Room for the bytes that come next, at least one. */
  space(): Uint8Array {
    if (this.#start > 0) this.#moveTo(this.#buffer);
    else if (this.#end === this.#buffer.length) this.#enlarge();
    return this.#buffer.subarray(this.#end, this.#end + this.#block.length);
  }

  #enlarge(): void {
    const size = this.#maxLine + 1;
    this.#large ??= new Uint8Array(new ArrayBuffer(0, { maxByteLength: size }));
    this.#large.buffer.resize(size);
    this.#moveTo(this.#large);
  }

  /** The long line is done: back to the block. */
  #shrink(): void {
    const used = this.#end;
    this.#moveTo(this.#block);
    // What the system gives anew costs more than what little is kept.
    if (used > HUGE_LINE) this.#large!.buffer.resize(0);
  }

  #moveTo(buffer: Uint8Array): void {
    if (buffer === this.#buffer) buffer.copyWithin(0, this.#start, this.#end);
    else buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = buffer;
    this.#end -= this.#start;
    this.#searched -= this.#start;
    this.#start = this.#taken = 0;
  }

  /** Takes the first `count` bytes of the space as filled and hands over the records of all lines that are complete. */
  filled(count: number, sink: RecordSink): void {
    this.#take(count, sink);
    if (this.#buffer !== this.#block && this.#end - this.#start < this.#block.length / 2) this.#shrink();
  }

  #take(count: number, sink: RecordSink): void {
    this.#end += count;
    while (this.#start < this.#end) {
      if (this.#passing !== undefined) {
        this.#pass(sink, this.#passing);
        continue;
      }
      const searched = Math.max(this.#searched, this.#start);
      const newline = this.#buffer.subarray(searched, this.#end).lastIndexOf(NEWLINE);
      this.#searched = this.#end;
      if (newline !== -1) {
        this.#takeLines(searched + newline + 1, sink);
        this.#settle();
      }
      this.#takeFront(this.#end, sink);
      this.#settle();
      if (!this.#letPass()) return;
    }
  }

  /** Takes what can be taken of an unterminated last line, where the source ends for now. */
  finish(sink: RecordSink): void {
    if (this.#passing !== undefined || this.#isText) return;
    const from = this.#start;
    for (const piece of splitRecords(this.#buffer.subarray(from, this.#end), false)) {
      this.#hand(piece, from, sink);
    }
    this.#settle();
  }

  /** The place after the last record that was handed over, also while it is being handed over. */
  cursor(): SourceCursor {
    if (this.#taken === this.#start) return this.#trail.cursor();
    const trail = this.#trail.copy();
    trail.add(this.#buffer.subarray(this.#start, this.#taken));
    return trail.cursor();
  }

  /** Gives the block back; nothing may be called after it. */
  release(): void {
    spareBlock = this.#block;
  }

  /** Lets the trail follow to where records have been handed over. */
  #settle(): void {
    this.#trail.add(this.#buffer.subarray(this.#start, this.#taken));
    this.#start = this.#taken;
  }

  #positionOf(index: number): number {
    return this.#trail.offset + index - this.#start;
  }

  /** Hands over the lines from the start to `end`, the index after a newline. */
  #takeLines(end: number, sink: RecordSink): void {
    const buffer = this.#buffer;
    for (let from = this.#start; from < end;) {
      const most = Math.min(end, from + DECODED_AT_ONCE);
      const newline = buffer[most - 1] === NEWLINE ? most - 1 : buffer.lastIndexOf(NEWLINE, most - 1);
      const to = newline >= from ? newline + 1 : buffer.indexOf(NEWLINE, most) + 1;
      this.#takeGroup(from, to, sink);
      from = to;
    }
  }

  /**
   * Hands over neighbouring lines. They are decoded at once where that keeps each byte one character: it is fastest, and
   * the text then has the positions of the bytes. Else they are decoded one by one, so that one letter does not make all
   * lines wide strings.
   */
  #takeGroup(from: number, to: number, sink: RecordSink): void {
    const buffer = this.#buffer;
    const all = to - from <= DECODED_AT_ONCE ? decode(buffer.subarray(from, to)) : undefined;
    const text = all?.length === to - from ? all : undefined;
    for (let line = from; line < to;) {
      const newline = text === undefined
        ? buffer.indexOf(NEWLINE, line)
        : from + text.indexOf("\n", line - from);
      const stop = newline > line && buffer[newline - 1] === RETURN ? newline - 1 : newline;
      let record: JsonObject | undefined;
      if (this.#isText && newline - line <= this.#maxLine) {
        record = { line: text?.slice(line - from, stop - from) ?? decode(buffer.subarray(line, stop)) };
      } else if (buffer[line] === OPEN && buffer[stop - 1] === CLOSE && newline - line <= this.#maxLine) {
        record = stop - line >= HUGE_LINE
          ? parseHugeLine(buffer.subarray(line, stop), this.#pickNeeded)
          : parseObject(text?.slice(line - from, stop - from) ?? decode(buffer.subarray(line, stop)));
      }
      if (record !== undefined) {
        this.#taken = newline + 1;
        this.#handRecord(record, line, stop, sink);
      } else if (stop > line) {
        this.#takeLine(newline, sink);
      }
      this.#taken = line = newline + 1;
    }
  }

  /** Hands over what is in the line from the first byte not taken to its newline. */
  #takeLine(newline: number, sink: RecordSink): void {
    this.#takeFront(newline, sink);
    const from = this.#taken;
    if (newline - from > this.#maxLine) {
      this.#taken = newline;
      const raw = this.#buffer.subarray(from, Math.min(newline, from + DAMAGE_LENGTH));
      sink.damaged(this.#positionOf(from), newline - from, "too_long", raw);
      return;
    }
    for (const piece of splitRecords(this.#buffer.subarray(from, newline), true)) {
      this.#hand(piece, from, sink);
    }
  }

  /**
   * Hands over what stands at the front of a line that is too long, up to `end`, whether it has ended or not. Records
   * that were glued together are each measured alone, as they would have been had they been read one by one.
   */
  #takeFront(end: number, sink: RecordSink): void {
    while (!this.#isText && end - this.#taken > this.#maxLine) {
      const from = this.#taken;
      for (const piece of splitRecords(this.#buffer.subarray(from, from + this.#maxLine), false)) {
        this.#hand(piece, from, sink);
      }
      if (this.#taken > from) continue;
      const zeros = skipZeros(this.#buffer.subarray(from, end), 0);
      // Where all are zeros and no newline has come, more of them may follow.
      if (zeros === 0 || from + zeros === this.#end) return;
      this.#hand({ start: 0, end: zeros, damage: "nul_run" }, from, sink);
    }
  }

  /** Hands over a record whose bytes lie from `start` to `end`. */
  #handRecord(record: JsonObject, start: number, end: number, sink: RecordSink): void {
    this.#rawStart = start;
    this.#rawEnd = end;
    sink.record(record, this.#positionOf(start), end - start, this.#raw);
  }

  #hand(piece: Piece, from: number, sink: RecordSink): void {
    this.#taken = from + piece.end;
    if ("record" in piece) {
      this.#handRecord(piece.record, from + piece.start, from + piece.end, sink);
      return;
    }
    const position = this.#positionOf(from + piece.start);
    const raw = this.#buffer.subarray(from + piece.start, from + piece.end);
    if (piece.damage === "nul_run") sink.damaged(position, raw.length, "nul_run", raw.subarray(0, 0));
    else sink.damaged(position, raw.length, piece.damage, raw.subarray(0, DAMAGE_LENGTH));
  }

  /** Whether what is left can't be kept and from now on passes through. */
  #letPass(): boolean {
    if (this.#start === this.#end) return false;
    const zeros = !this.#isText && this.#buffer[this.#start] === 0;
    if (!zeros && this.#end - this.#start <= this.#maxLine) return false;
    this.#passing = {
      reason: zeros ? "nul_run" : "too_long",
      position: this.#trail.offset,
      trail: this.#trail.copy(),
      raw: zeros ? new Uint8Array(0) : this.#buffer.slice(this.#start, this.#start + DAMAGE_LENGTH),
    };
    return true;
  }

  /** Lets bytes pass up to where the run of zeros or the line ends, and reports it there. */
  #pass(sink: RecordSink, { reason, position, trail, raw }: Passing): void {
    const bytes = this.#buffer.subarray(this.#start, this.#end);
    const end = reason === "nul_run" ? skipZeros(bytes, 0) : bytes.indexOf(NEWLINE);
    if (end === -1 || end === bytes.length) {
      trail.add(bytes);
      this.#start = this.#taken = this.#end;
      return;
    }
    trail.add(bytes.subarray(0, end));
    const length = trail.offset - position;
    // What is left of a line of text would be an empty one.
    const next = this.#isText ? end + 1 : end;
    trail.add(bytes.subarray(end, next));
    this.#start = this.#taken = this.#start + next;
    this.#trail = trail;
    this.#passing = undefined;
    sink.damaged(position, length, reason, raw);
  }
}

/** The object, or `undefined` if the text is not JSON. */
function parseObject(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
