/**
 * A terminal that keeps what was printed.
 *
 * @module
 */

import { NO_COLOURS } from "../../src/cli/palette.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal without colours that is as wide as asked for. */
export class RecordingTerminal implements Terminal {
  stdout = "";
  stderr = "";
  readonly isInteractive: boolean = false;
  readonly columns: number;
  readonly errColumns: number;
  readonly colour = NO_COLOURS;
  readonly errColour = NO_COLOURS;

  constructor(columns = 80) {
    this.columns = columns;
    this.errColumns = columns;
  }

  readonly announcer = {
    say: (text: string) => this.err(text),
    show: (text: string) => this.err(text),
    settled: () => Promise.resolve(),
  };

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }
}
