/**
 * Reads what Linux says of a process in `/proc` (proc(5)).
 *
 * @module
 */

/** Memory of a process, in bytes. */
export interface Memory {
  /** What it holds now (`VmRSS`). */
  readonly resident: number;
  /** The most it ever held (`VmHWM`). */
  readonly peak: number;
}

/** Clock ticks per second in `/proc/PID/stat`: 100 on every Linux of today (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** The memory of a process. @throws {Deno.errors.NotFound} if it has ended */
export function readMemory(pid: number): Memory {
  return parseStatus(Deno.readTextFileSync(`/proc/${pid}/status`));
}

/** The memory in the text of `/proc/PID/status`. @throws {Deno.errors.NotFound} if it is of a process that has ended */
export function parseStatus(status: string): Memory {
  const bytes = (name: string) => {
    const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
    if (kilobytes === undefined) throw new Deno.errors.NotFound(`The process has no ${name} any more`);
    return Number(kilobytes) * 1024;
  };
  return { resident: bytes("VmRSS"), peak: bytes("VmHWM") };
}

/** Seconds of one core that a process has used so far, all its threads together. */
export function readCpuSeconds(pid: number): number {
  return parseCpuSeconds(Deno.readTextFileSync(`/proc/${pid}/stat`));
}

/** The seconds of one core in the text of `/proc/PID/stat`: `utime` and `stime`, its fields 14 and 15. */
export function parseCpuSeconds(stat: string): number {
  // Field 2 is the program's name in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** How many bytes a process has read so far, from wherever (`rchar` of `/proc/PID/io`). */
export function readRead(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/io`))![1]);
}

/** How many files, sockets and pipes a process has open. */
export function countOpenFiles(pid: number): number {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
}

/** The most memory a process held until it ended, in bytes, as last seen: `VmHWM` only ever grows. */
export async function watchPeak(pid: number, ended: Promise<unknown>): Promise<number> {
  let peak = 0;
  let running = true;
  const stop = () => running = false;
  ended.then(stop, stop);
  while (running) {
    try {
      peak = readMemory(pid).peak;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await pause(SAMPLE_INTERVAL);
  }
  return peak;
}

const SAMPLE_INTERVAL = 10;

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
