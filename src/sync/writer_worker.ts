/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The entry of the writer thread.
 *
 * @module
 */

import type { ReadyMessage } from "./thread.ts";
import type { ToWriter } from "./messages.ts";
import { WriterLoop } from "./writer_loop.ts";

let loop: WriterLoop | undefined;

self.onmessage = async ({ data }: MessageEvent<ToWriter>) => {
  switch (data.kind) {
    case "open":
      loop = new WriterLoop(data.path, data.port, (message) => self.postMessage(message));
      loop.open();
      break;
    case "call":
      loop!.call(data);
      break;
    case "close":
      await loop!.close();
  }
};

const ready: ReadyMessage = { kind: "ready" };
self.postMessage(ready);
