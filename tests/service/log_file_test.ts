import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { join } from "node:path";
import { LogFile } from "../../src/service/log_file.ts";
import { skipUnless } from "../skips.ts";

const NOW = Date.UTC(2026, 0, 31, 12, 30);

class LogFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "devlog-log-" });

  get log(): string {
    return join(this.path, "collector.log");
  }

  read(age = 0): string {
    return Deno.readTextFileSync(age === 0 ? this.log : `${this.log}.${age}`);
  }

  get names(): readonly string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("LogFile.write() puts time and level before each line", () => {
  using folder = new LogFolder();
  const log = new LogFile(folder.log, { level: "info", now: () => NOW });
  log.write("info", "up to date\nleft out: nothing\n");
  log.write("error", "it failed");
  assertEquals(
    folder.read(),
    "2026-01-31T12:30:00.000Z info  up to date\n" +
      "2026-01-31T12:30:00.000Z info  left out: nothing\n" +
      "2026-01-31T12:30:00.000Z error it failed\n",
  );
});

Deno.test("LogFile.write() leaves out what matters less than it should tell, also when that changes", () => {
  using folder = new LogFolder();
  const log = new LogFile(folder.log, { level: "warn", now: () => NOW });
  for (const level of ["debug", "info", "warn", "error"] as const) log.write(level, level);
  log.level = "debug";
  log.write("debug", "now");
  assertEquals(folder.read().trimEnd().split("\n").map((line) => line.split(" ").at(-1)), [
    "warn",
    "error",
    "now",
  ]);
});

Deno.test("LogFile keeps a few files of a limited size, the newest lines, and each whole", () => {
  using folder = new LogFolder();
  const log = new LogFile(folder.log, { level: "info", limits: { bytes: 400, kept: 2 }, now: () => NOW });
  for (let number = 0; number < 50; number++) log.write("info", `line ${number}`);
  assertEquals(folder.names, ["collector.log", "collector.log.1", "collector.log.2"]);
  const kept = [2, 1, 0].flatMap((age) => {
    assertLessOrEqual(folder.read(age).length, 400);
    return folder.read(age).trimEnd().split("\n").map((line) => Number(line.split(" ").at(-1)));
  });
  assertEquals(kept.at(-1), 49);
  assertEquals(kept, Array.from(kept, (_, index) => kept[0]! + index));
});

Deno.test("LogFile writes a line that is longer than a file may be", () => {
  using folder = new LogFolder();
  const log = new LogFile(folder.log, { level: "info", limits: { bytes: 100, kept: 1 }, now: () => NOW });
  log.write("info", "x".repeat(500));
  log.write("info", "short");
  assert(folder.read(1).includes("x".repeat(500)));
  assert(folder.read().endsWith("info  short\n"));
});

Deno.test("LogFile begins anew where its file was removed, and goes on in one that is there", () => {
  using folder = new LogFolder();
  Deno.writeTextFileSync(folder.log, "before\n");
  const log = new LogFile(folder.log, { level: "info", now: () => NOW });
  log.write("info", "one");
  assert(folder.read().startsWith("before\n"));
  Deno.removeSync(folder.log);
  log.write("info", "two");
  assertEquals(folder.read(), "2026-01-31T12:30:00.000Z info  two\n");
});

Deno.test("LogFile.write() does not fail where nothing can be written", () => {
  using folder = new LogFolder();
  new LogFile(join(folder.path, "gone", "collector.log"), { level: "info" }).write("error", "lost");
  assertEquals(folder.names, []);
});

Deno.test({
  name: "LogFile makes files that are this user's alone [needs unix]",
  ...skipUnless("unix"),
  fn: () => {
    using folder = new LogFolder();
    new LogFile(folder.log, { level: "info" }).write("info", "secret");
    assertEquals(Deno.statSync(folder.log).mode! & 0o777, 0o600);
  },
});
