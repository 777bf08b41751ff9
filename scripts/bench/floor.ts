/**
 * The floor: what reading and parsing a home costs when nothing is done with it, on one thread, in a process of its own.
 *
 *     deno run --allow-read scripts/bench/floor.ts DIR
 *
 * @module
 */

/** What reading all transcripts of a home took. */
export interface Floor {
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  readonly seconds: number;
}

/** Measures the floor of a home in a new process. */
export async function measureFloor(folder: string): Promise<Floor> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-config",
      `--allow-read=${folder}`,
      new URL(import.meta.url).pathname,
      folder,
    ],
  }).output();
  if (code !== 0) throw new Error(`The floor can't be measured: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Floor;
}

/** The paths of all transcripts below a folder. */
export function* findTranscripts(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* findTranscripts(path);
    else if (entry.name.endsWith(".jsonl")) yield path;
  }
}

/** Reads and parses every line of every transcript below a folder. */
export function readAll(folder: string): Floor {
  const started = performance.now();
  let [files, bytes, lines] = [0, 0, 0];
  const decoder = new TextDecoder();
  for (const path of findTranscripts(folder)) {
    const content = Deno.readFileSync(path);
    const text = decoder.decode(content);
    for (let start = 0; start < text.length;) {
      const end = text.indexOf("\n", start);
      JSON.parse(text.slice(start, end));
      start = end + 1;
      lines++;
    }
    files++;
    bytes += content.length;
  }
  return { files, bytes, lines, seconds: (performance.now() - started) / 1_000 };
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(readAll(Deno.args[0]!))));
}
