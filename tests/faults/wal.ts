/**
 * Reads the write-ahead log of SQLite (https://www.sqlite.org/fileformat2.html#walformat) as far as tests need it.
 *
 * @module
 */

const HEADER = 32;
const FRAME_HEADER = 24;

/** What a log holds. */
export interface WalFrames {
  /** Frames up to, and with, the last that ends a transaction. */
  readonly committed: number;
  /** Bytes up to there. */
  readonly committedBytes: number;
  /** Bytes of the same generation behind them: a transaction that was being written. */
  readonly openBytes: number;
}

/** Walks through a log. Checksums are not looked at: a kill, unlike a power cut, leaves what was written. */
export function walFrames(bytes: Uint8Array): WalFrames {
  if (bytes.length < HEADER) return { committed: 0, committedBytes: 0, openBytes: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pageSize = view.getUint32(8);
  const [salt1, salt2] = [view.getUint32(16), view.getUint32(20)];
  let committed = 0;
  let committedBytes = HEADER;
  let end = HEADER;
  for (let frame = 1; end + FRAME_HEADER <= bytes.length; frame++) {
    // Frames of an earlier generation may stand behind the newest ones.
    if (view.getUint32(end + 8) !== salt1 || view.getUint32(end + 12) !== salt2) break;
    const isWhole = end + FRAME_HEADER + pageSize <= bytes.length;
    const endsTransaction = view.getUint32(end + 4) !== 0;
    end = isWhole ? end + FRAME_HEADER + pageSize : bytes.length;
    if (isWhole && endsTransaction) {
      committed = frame;
      committedBytes = end;
    }
  }
  return { committed, committedBytes, openBytes: end - committedBytes };
}
