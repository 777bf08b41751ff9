/**
 * Describes the machine that the figures are of.
 *
 * @module
 */

/** Processor, cores, memory, kernel and Deno, on one line. */
export function describeMachine(): string {
  const [, processor = Deno.build.arch] = /^model name\s*: (.+)$/m.exec(readText("/proc/cpuinfo")) ?? [];
  const memory = (Deno.systemMemoryInfo().total / 2 ** 30).toFixed(1);
  return `${navigator.hardwareConcurrency} cores of ${processor}, ${memory} GiB, ` +
    `${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
