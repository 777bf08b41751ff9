import { assertEquals } from "@std/assert";
import { ProgressLine } from "../../src/cli/progress.ts";
import type { SyncProgress } from "../../src/sync/collector.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

/** A terminal that lines can be drawn over on. */
class Screen extends RecordingTerminal {
  override readonly isInteractive: boolean = true;
}

function progressOf(committedBytes: number, totalBytes: number, sources = 2): SyncProgress {
  return { committedBytes, totalBytes, sources, leftOutSources: 0, leftOutBytes: 0, leftOutEvents: 0 };
}

/** The lines that stood on the screen one after the other. */
function linesOf({ stderr }: RecordingTerminal): readonly string[] {
  return stderr.split(/\r|\n/).map((line) => line.replace("\x1b[K", "")).filter((line) => line !== "");
}

Deno.test("ProgressLine tells rate and time left once something was committed, not before", () => {
  const screen = new Screen();
  const line = new ProgressLine(screen, 1000);
  line.show(progressOf(0, 40e6, 1), 1100);
  line.show(progressOf(10e6, 40e6, 1500), 2000);
  assertEquals(linesOf(screen), [
    "syncing 0 % of 40 MB in 1 source",
    "syncing 25 % of 40 MB in 1,500 sources, 10 MB/s, 3 s left",
  ]);
});

Deno.test("ProgressLine leaves out of the rate what was committed before it began", () => {
  const screen = new Screen();
  const line = new ProgressLine(screen, 0);
  line.show(progressOf(900e6, 1e9), 100);
  line.show(progressOf(901e6, 1e9), 1000);
  assertEquals(linesOf(screen).at(-1), "syncing 90 % of 1.0 GB in 2 sources, 1.0 MB/s, 1 min 39 s left");
});

Deno.test("ProgressLine takes no percentage back when more is found, and says 100 % of nothing", () => {
  const screen = new Screen();
  const line = new ProgressLine(screen, 0);
  line.show(progressOf(0, 100), 100);
  line.show(progressOf(50, 100), 200);
  line.show(progressOf(60, 300), 300);
  line.show(progressOf(300, 300), 400);
  assertEquals(linesOf(screen).map((text) => / (\d+) %/.exec(text)![1]), ["0", "50", "50", "99"]);
});

Deno.test("ProgressLine prints a line now and then in a pipe, and nothing at first", () => {
  const pipe = new RecordingTerminal();
  const line = new ProgressLine(pipe, 0);
  for (let now = 5_000; now <= 16_000; now += 100) line.show(progressOf(now, 40_000), now);
  assertEquals(linesOf(pipe).map((text) => / (\d+) %/.exec(text)![1]), ["25", "37"]);
});

Deno.test("ProgressLine cuts the line to the terminal and clears it", () => {
  const screen = new Screen(20);
  const line = new ProgressLine(screen, 0);
  line.show(progressOf(0, 40e6), 100);
  line.clear();
  assertEquals(screen.stderr, "\rsyncing 0 % of 40 M\x1b[K\r\x1b[K");
});
