/**
 * Generates home folders full of made-up agent history, for the bench and the slow tests: the same bytes for the same
 * options, of any size, in the formats of Claude Code and Codex.
 *
 *     deno run -A scripts/generate_home.ts DIR --bytes 400MB --shape small [--files N] [--seed N] [--now TIME]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { makeClaudeCodeSession } from "./bench/home/claude_code.ts";
import { makeCodexSession } from "./bench/home/codex.ts";
import { Random } from "./bench/home/random.ts";
import { SHAPE_NAMES, type ShapeName, SHAPES } from "./bench/home/shape.ts";
import { Text } from "./bench/home/text.ts";
import {
  addCounts,
  Clock,
  type EventCounts,
  type Session,
  type Transcript,
} from "./bench/home/transcript.ts";
import { parseSize } from "./bench/size.ts";

/** What a home is to be like. */
export interface HomeOptions {
  /** Bytes of all transcripts together; the last one goes a little over. */
  readonly bytes: number;
  readonly shape: ShapeName;
  /** @default one for so many bytes as the shape says */
  readonly files?: number;
  /** @default 1 */
  readonly seed?: number;
  /**
   * The time, in ms since the epoch, before which all was written.
   * @default the present
   */
  readonly now?: number;
}

/** What a home holds. */
export interface Home {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  /** The events that a collector should find, by type. */
  readonly events: EventCounts;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Over how long, before `now`, the ends of the sessions are spread: less than what is collected by default. */
const SPAN = 60 * DAY;

/** The longest that a session of usual length takes. */
const SESSION = 2 * 60 * MINUTE;

const CODEX_SHARE = 0.2;
const SUBAGENT_CHANCE = 0.08;

/** Bytes of each source in a home with many of them: a short question and its answer. */
const SMALL_SOURCE_BYTES = 2_500;

/** Writes a home into a folder, which may exist. Each file's mtime is the time of its last record. */
export function generateHome(folder: string, options: HomeOptions): Home {
  const { bytes: wanted, shape: shapeName, seed = 1, now = Date.now() } = options;
  const shape = SHAPES[shapeName];
  const text = new Text(seed);
  const wantedFiles = options.files ?? Math.max(1, Math.round(wanted / shape.bytesPerFile));
  const home = { folder, files: 0, bytes: 0, lines: 0, events: {} satisfies EventCounts };
  for (let index = 0; home.files < wantedFiles; index++) {
    const random = new Random(seed, index, 0x40e);
    const filesLeft = wantedFiles - home.files;
    const isLast = filesLeft === 1;
    const length = Math.max(1, (wanted - home.bytes) / filesLeft) *
      (isLast ? 1 : 0.4 + 1.2 * random.fraction());
    const session = startSession(random, text, shapeName, now, length);
    const transcripts = random.chance(CODEX_SHARE)
      ? [makeCodexSession(session, length)]
      : makeClaudeCodeSession(session, length, !isLast && random.chance(SUBAGENT_CHANCE));
    for (const transcript of transcripts) {
      home.bytes += writeTranscript(folder, transcript, session.clock.time);
      home.lines += transcript.lines;
      home.files++;
      addCounts(home.events, transcript.events);
    }
  }
  return home;
}

/** Writes a home of very many small sources, for what depends on their number and not on their size. */
export function generateManySources(
  folder: string,
  options: { readonly sources: number; readonly seed?: number; readonly now?: number },
): Home {
  const { sources, ...rest } = options;
  return generateHome(folder, {
    ...rest,
    bytes: sources * SMALL_SOURCE_BYTES,
    files: sources,
    shape: "small",
  });
}

function startSession(
  random: Random,
  text: Text,
  shapeName: ShapeName,
  now: number,
  length: number,
): Session {
  const project = random.integer(1, 25);
  const end = now - MINUTE - random.fraction() * SPAN;
  const shape = SHAPES[shapeName];
  const step = Math.min(10_000, SESSION / (length / 800));
  return {
    random,
    text,
    shape,
    clock: new Clock(random, Math.floor(end - SESSION), now - MINUTE, step),
    workspace: `/home/dev/work/project-${project}`,
    branch: random.chance(0.7) ? "main" : `feature/change-${random.integer(1, 400)}`,
  };
}

/** Returns the number of bytes. */
function writeTranscript(folder: string, transcript: Transcript, modified: number): number {
  const path = `${folder}/${transcript.path}`;
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const bytes = transcript.encode();
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, new Date(modified), new Date(modified));
  return bytes.length;
}

const USAGE =
  "usage: generate_home.ts DIR --bytes 400MB --shape small|large|long [--files N] [--seed N] [--now TIME]";

function main(args: readonly string[]): number {
  const options = parseArgs(args, { string: ["bytes", "shape", "files", "seed", "now"] });
  const [folder] = options._;
  const shape = SHAPE_NAMES.find((name) => name === options.shape);
  const bytes = parseSize(String(options.bytes));
  const number = (name: string) => options[name] === undefined ? undefined : Number(options[name]);
  const now = options.now === undefined ? undefined : Date.parse(String(options.now));
  const [files, seed] = [number("files"), number("seed")];
  if (
    folder === undefined || shape === undefined || bytes === undefined ||
    [files, seed, now].some(Number.isNaN)
  ) {
    Deno.stderr.writeSync(new TextEncoder().encode(USAGE + "\n"));
    return 2;
  }
  const home = generateHome(String(folder), {
    bytes,
    shape,
    ...(files !== undefined && { files }),
    ...(seed !== undefined && { seed }),
    ...(now !== undefined && { now }),
  });
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(home, null, 2) + "\n"));
  return 0;
}

if (import.meta.main) Deno.exit(main(Deno.args));
