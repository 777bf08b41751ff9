/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The entry of the reader thread.
 *
 * @module
 */

import type { FromReader, ToReader } from "./messages.ts";
import { ReaderLoop } from "./reader_loop.ts";
import type { ReadyMessage } from "./thread.ts";

let loop: ReaderLoop | undefined;

self.onmessage = async ({ data }: MessageEvent<ToReader>) => {
  switch (data.kind) {
    case "connect":
      loop = new ReaderLoop(data.port);
      break;
    case "read":
      loop!.add(data.jobs);
      break;
    case "hurry":
      loop!.hurry(data.source);
      break;
    case "stop": {
      await loop?.stop();
      const stopped: FromReader = { kind: "stopped" };
      self.postMessage(stopped);
    }
  }
};

const ready: ReadyMessage = { kind: "ready" };
self.postMessage(ready);
