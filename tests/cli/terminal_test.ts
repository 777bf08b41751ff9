import { assertEquals, assertThrows } from "@std/assert";
import { COLOURS, NO_COLOURS, usesColours } from "../../src/cli/palette.ts";
import { makeTerminal, OutputClosed, type OutputStream, type TerminalParts } from "../../src/cli/terminal.ts";

/** A stream that takes a few bytes at a time, as a pipe may. */
class SlowStream implements OutputStream {
  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(this.writeSync(bytes));
  }

  readonly taken: number[] = [];
  readonly #failures: Error[];
  readonly #tty: boolean;

  constructor({ failures = [], tty = false }: { failures?: Error[]; tty?: boolean } = {}) {
    this.#failures = failures;
    this.#tty = tty;
  }

  writeSync(bytes: Uint8Array): number {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    this.taken.push(...bytes.subarray(0, 3));
    return Math.min(3, bytes.length);
  }

  isTerminal(): boolean {
    return this.#tty;
  }

  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.taken));
  }
}

function terminalOf(parts: Partial<TerminalParts>, variables: Record<string, string> = {}) {
  return makeTerminal({
    stdout: new SlowStream(),
    stderr: new SlowStream(),
    read: (name) => variables[name],
    consoleColumns: () => 120,
    ...parts,
  });
}

Deno.test("terminal.out() writes all when the stream takes a little at a time", () => {
  const stdout = new SlowStream();
  terminalOf({ stdout }).out("häuser 日本\n");
  assertEquals(stdout.text, "häuser 日本\n");
});

Deno.test("terminal.out() tries again when the pipe is full for now", () => {
  const stdout = new SlowStream({
    failures: [new Deno.errors.WouldBlock("full"), new Deno.errors.WouldBlock("full")],
  });
  terminalOf({ stdout }).out("text");
  assertEquals(stdout.text, "text");
});

Deno.test("terminal.out() throws OutputClosed when nobody reads", () => {
  const stdout = new SlowStream({ failures: [new Deno.errors.BrokenPipe("gone")] });
  assertThrows(() => terminalOf({ stdout }).out("text"), OutputClosed);
});

Deno.test("terminal.out() passes on any other error", () => {
  const stdout = new SlowStream({ failures: [new Deno.errors.WriteZero("full disk")] });
  assertThrows(() => terminalOf({ stdout }).out("text"), Deno.errors.WriteZero, "full disk");
});

Deno.test("terminal.err() goes on when nobody reads", () => {
  const stderr = new SlowStream({ failures: [new Deno.errors.BrokenPipe("gone")] });
  const terminal = terminalOf({ stderr });
  terminal.err("lost");
  terminal.err("kept");
  assertEquals(stderr.text, "kept");
});

Deno.test("terminal.columns is the width of the console, COLUMNS, or without end", () => {
  const tty = new SlowStream({ tty: true });
  const noConsole = () => {
    throw new Error("no console");
  };
  assertEquals(terminalOf({ stdout: tty }).columns, 120);
  assertEquals(terminalOf({ stdout: tty, consoleColumns: noConsole }, { COLUMNS: "70" }).columns, 70);
  assertEquals(terminalOf({}, { COLUMNS: "70" }).columns, 70);
  assertEquals(terminalOf({}, { COLUMNS: "wide" }).columns, Infinity);
  assertEquals(terminalOf({}).columns, Infinity);
  assertEquals(terminalOf({}).errColumns, 80);
  assertEquals(terminalOf({ stderr: tty }).errColumns, 120);
});

Deno.test("the terminal decides on each stream by itself", () => {
  const terminal = terminalOf({ stderr: new SlowStream({ tty: true }) });
  assertEquals(terminal.isInteractive, true);
  assertEquals(terminal.colour, NO_COLOURS);
  assertEquals(terminal.errColour, COLOURS);
});

Deno.test("a terminal that is dumb is not drawn over", () => {
  const stderr = new SlowStream({ tty: true });
  assertEquals(terminalOf({ stderr }, { TERM: "dumb" }).isInteractive, false);
});

const COLOUR_CASES:
  readonly (readonly [variables: Record<string, string>, isTerminal: boolean, expected: boolean])[] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "xterm-256color" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "1", TERM: "dumb" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
  ];

for (const [variables, isTerminal, expected] of COLOUR_CASES) {
  const where = isTerminal ? "a terminal" : "a pipe";
  Deno.test(`usesColours() says ${expected} in ${where} when given ${JSON.stringify(variables)}`, () => {
    assertEquals(usesColours((name) => variables[name], isTerminal), expected);
  });
}
