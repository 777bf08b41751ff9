import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import {
  countOpenFiles,
  parseCpuSeconds,
  parseStatus,
  readCpuSeconds,
  readMemory,
  watchPeak,
} from "../../../scripts/bench/proc.ts";
import { skipUnless } from "../../skips.ts";

Deno.test("parseStatus() takes resident and peak memory from the text of a status file", () => {
  const status = "Name:\tdevlog\nVmPeak:\t  999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nThreads:\t4\n";
  assertEquals(parseStatus(status), { resident: 10_485_760, peak: 20_971_520 });
});

Deno.test("parseStatus() throws when the process has ended and holds no memory", () => {
  assertThrows(() => parseStatus("Name:\tdevlog\nState:\tZ (zombie)\n"), Deno.errors.NotFound);
});

Deno.test("parseCpuSeconds() finds its fields when the program's name holds spaces and parentheses", () => {
  const stat = "42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 4 0 1000 1 1";
  assertEquals(parseCpuSeconds(stat), 2);
});

Deno.test({
  name: "readMemory(), readCpuSeconds() and countOpenFiles() read a process that runs [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn() {
    const { resident, peak } = readMemory(Deno.pid);
    assertGreater(resident, 1_000_000);
    assert(peak >= resident);
    const before = readCpuSeconds(Deno.pid);
    const until = performance.now() + 60;
    while (performance.now() < until);
    assertGreater(readCpuSeconds(Deno.pid), before);
    // Other tests, in threads of this process, open files of their own in between.
    const differences = Array.from({ length: 50 }, () => {
      const files = countOpenFiles(Deno.pid);
      using _file = Deno.openSync("/proc/self/status");
      return countOpenFiles(Deno.pid) - files;
    });
    assert(differences.includes(1), String(differences));
  },
});

Deno.test({
  name: "watchPeak() gives the most a process held when it has ended [needs linux-x64]",
  ...skipUnless("linux-x64"),
  async fn() {
    const code = "const held = new Uint8Array(150e6).fill(1); setTimeout(() => held.length, 200)";
    const process = new Deno.Command(Deno.execPath(), { args: ["eval", code] }).spawn();
    const peak = await watchPeak(process.pid, process.status);
    assertGreater(peak, 150e6);
  },
});
