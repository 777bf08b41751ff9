/**
 * Counts what a running process reads from one file, with strace.
 *
 * @module
 */

/** Whether strace is installed. */
export function canTrace(): boolean {
  try {
    return new Deno.Command("strace", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/**
 * How many bytes a process reads from a file while something is done.
 *
 * @throws {Error} if strace may not attach to the process
 */
export async function traceReads(pid: number, path: string, act: () => Promise<void>): Promise<number> {
  const output = await Deno.makeTempFile();
  const strace = new Deno.Command("strace", {
    args: [
      "-f",
      "-y",
      "-s",
      "0",
      "-e",
      "trace=read,readv,pread64,preadv,preadv2",
      "-o",
      output,
      "-p",
      String(pid),
    ],
    stderr: "piped",
  }).spawn();
  const messages = strace.stderr.pipeThrough(new TextDecoderStream()).getReader();
  // It says so once it has attached to all threads.
  const { value: said = "" } = await messages.read();
  if (!said.includes("attached")) throw new Error(`strace can't attach: ${said}`);
  await act();
  strace.kill("SIGINT");
  while (!(await messages.read()).done);
  await strace.status;
  const trace = await Deno.readTextFile(output);
  await Deno.remove(output);
  return sumReads(trace, path);
}

/** The bytes that a trace of `strace -f -y` says were read from a file. */
export function sumReads(trace: string, path: string): number {
  let bytes = 0;
  /** Threads whose call on the file was interrupted by another thread's: its result comes on a later line. */
  const unfinished = new Set<string>();
  for (const line of trace.split("\n")) {
    const thread = line.slice(0, line.indexOf(" "));
    const isResumed = line.includes("<... ") && line.includes(" resumed>");
    if (!(isResumed ? unfinished.delete(thread) : line.includes(`<${path}>`))) continue;
    if (line.endsWith("<unfinished ...>")) unfinished.add(thread);
    else bytes += Math.max(0, Number(/ = (-?\d+)/.exec(line)?.[1] ?? 0));
  }
  return bytes;
}
