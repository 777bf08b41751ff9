import { assertEquals } from "@std/assert";
import { sumReads, traceReads } from "../../../scripts/bench/trace.ts";
import { skipUnless } from "../../skips.ts";

Deno.test("sumReads() adds what was read from the file alone, also by calls that were interrupted", () => {
  const trace = [
    `10 read(5</home/a.jsonl>, ""..., 4096) = 100`,
    `10 read(6</home/b.jsonl>, ""..., 4096) = 7`,
    `11 pread64(5</home/a.jsonl>,  <unfinished ...>`,
    `10 read(6</home/b.jsonl>, ""..., 4096) = 8`,
    `12 read(6</home/b.jsonl>,  <unfinished ...>`,
    `11 <... pread64 resumed>""..., 256, 0) = 256`,
    `12 <... read resumed>""..., 4096)     = 9`,
    `10 read(5</home/a.jsonl>, 0x7f, 4096) = -1 EAGAIN (Resource temporarily unavailable)`,
    `10 read(5</home/a.jsonl>, "", 4096)   = 0`,
    "",
  ].join("\n");
  assertEquals(sumReads(trace, "/home/a.jsonl"), 356);
});

Deno.test({
  name: "traceReads() counts what a running process reads from a file [needs strace]",
  ...skipUnless("strace"),
  async fn() {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, new Uint8Array(5_000));
    const process = new Deno.Command("sh", {
      args: ["-c", `while read line; do cat '${path}' > /dev/null; echo done; done`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = process.stdin.getWriter();
    const output = process.stdout.getReader();
    const bytes = await traceReads(process.pid, path, async () => {
      for (let turn = 0; turn < 3; turn++) {
        await input.write(new TextEncoder().encode("go\n"));
        await output.read();
      }
    });
    await input.close();
    while (!(await output.read()).done);
    await process.status;
    await Deno.remove(path);
    assertEquals(bytes, 15_000);
  },
});
