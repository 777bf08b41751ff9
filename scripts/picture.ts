// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Makes the picture of a first sync that the README shows: generates the history of a user, runs the real program on it
 * in a terminal, and draws what that showed.
 *
 *     deno run -A scripts/picture.ts [--output FILE] [--size 40MB]
 *
 * It needs `script` of util-linux, which gives a program a terminal. Exit codes: 0 done, 1 failed, 2 wrong usage.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { parseArgs } from "@std/cli/parse-args";
import { parseSize } from "./bench/size.ts";
import { generateHome, type Home } from "./generate_home.ts";
import { type Moment, renderPicture } from "./picture/svg.ts";

const ROOT = resolve(import.meta.dirname!, "..");
const DEFAULT_OUTPUT = join(ROOT, "docs/images/first-sync.svg");
const DEFAULT_SIZE = "40MB";
const COLUMNS = 88;

/** The line of progress, where it is the last thing that was written. */
const ON_THE_WAY = /syncing (\d+) %[^\r\n]*$/;
const AT_THE_END = /watching for new events[^\n]*\n/;

/** All that a program had written at some time after its start, ms. */
interface Reading {
  readonly written: string;
  readonly elapsed: number;
}

/** Something that is typed into a terminal, and all that it writes. */
class Session implements AsyncDisposable {
  readonly command: string;
  readonly startedAt = performance.now();
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #told: (() => void)[] = [];
  #hasEnded = false;
  /** What was read, piece by piece. */
  readonly readings: Reading[] = [];

  constructor(home: string, args: readonly string[]) {
    this.command = `devlog-collector ${args.join(" ")}`;
    const program = [
      "exec",
      quote(Deno.execPath()),
      "run --quiet --permission-set=collector --no-prompt",
      quote(join(ROOT, "main.ts")),
      ...args,
    ].join(" ");
    this.#process = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", `stty cols ${COLUMNS}; ${program}`, "/dev/null"],
      env: {
        HOME: home,
        DEVLOG_HOME: "",
        CLAUDE_CONFIG_DIR: "",
        CODEX_HOME: "",
        TERM: "xterm",
        DENO_DIR: denoDir(),
      },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    this.#reading = this.#read();
  }

  get written(): string {
    return this.readings.at(-1)?.written ?? "";
  }

  /** Waits until something was written. */
  async until(text: RegExp): Promise<Reading> {
    for (;;) {
      const found = this.readings.find(({ written }) => text.test(written));
      if (found !== undefined) return found;
      if (this.#hasEnded) throw new Error(`${this.command} never said ${text}, but:\n${this.written}`);
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }

  /** Waits for its end and returns all that was written. */
  async end(): Promise<string> {
    const { code } = await this.#process.status;
    await this.#reading;
    if (code !== 0) throw new Error(`${this.command} ended with code ${code}:\n${this.written}`);
    return this.written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#process.kill("SIGTERM");
    await this.#process.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.readings.push({ written: this.written + text, elapsed: performance.now() - this.startedAt });
      this.#tell();
    }
    this.#hasEnded = true;
    this.#tell();
  }

  #tell(): void {
    for (const tell of this.#told.splice(0)) tell();
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Deno looks for its cache below `HOME`, which is another one here. */
function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

/** Runs a first sync in a home and asks how things are; the collector is stopped at the end. */
async function watchFirstSync(folder: string): Promise<readonly Moment[]> {
  const shorten = (text: string) => text.replaceAll(folder, "~");
  await using start = new Session(folder, ["start"]);
  const { command } = start;
  const atTheEnd = await start.until(AT_THE_END);
  const onTheWay = halfway(start.readings);
  await using status = new Session(folder, ["status"]);
  const shown = await status.end();
  await using query = new Session(folder, ["query", "--type", "command_execution", "--limit", "4"]);
  const found = await query.end();
  await using stop = new Session(folder, ["stop"]);
  await stop.end();
  await start.end();
  return [
    ...onTheWay.map(({ elapsed, written }) => ({
      caption: `after ${seconds(elapsed)}`,
      command,
      written: shorten(written),
    })),
    { caption: `after ${seconds(atTheEnd.elapsed)}`, command, written: shorten(atTheEnd.written) },
    { caption: "in another terminal", command: status.command, written: shorten(shown) },
    { caption: "what agents ran last", command: query.command, written: shorten(found) },
  ];
}

/** The reading at which the progress was nearest to a half; none if it was never shown. */
function halfway(readings: readonly Reading[]): readonly Reading[] {
  const distance = ({ written }: Reading) => Math.abs(50 - Number(ON_THE_WAY.exec(written)?.[1] ?? NaN));
  return readings
    .filter(({ written }) => ON_THE_WAY.test(written))
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, 1);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function describe({ files, bytes }: Home): string {
  return `A first sync of ${files} sessions, ${Math.round(bytes / 1e6)} MB, in a terminal`;
}

async function main(args: readonly string[]): Promise<number> {
  const { output = DEFAULT_OUTPUT, size = DEFAULT_SIZE, _: rest } = parseArgs(args, {
    string: ["output", "size"],
  });
  const bytes = parseSize(String(size));
  if (bytes === undefined || rest.length > 0) {
    console.error("usage: picture.ts [--output FILE] [--size 40MB]");
    return 2;
  }
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "devlog-picture-" }));
  try {
    const home = generateHome(folder, { bytes, shape: "small" });
    const picture = renderPicture(describe(home), COLUMNS, await watchFirstSync(folder));
    Deno.writeTextFileSync(String(output), picture);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  console.log(`wrote ${output}`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
