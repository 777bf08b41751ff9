/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The entry of the exporter's thread: the only one that uses the network.
 *
 * @module
 */

import type { WriterCalls } from "../sync/messages.ts";
import { WriteError } from "../sync/pipeline.ts";
import type { ReadyMessage } from "../sync/thread.ts";
import { Exporter } from "./exporter.ts";
import type { FromExporter, ToExporter } from "./messages.ts";

const tell = (message: FromExporter) => self.postMessage(message);

let exporter: Exporter | undefined;
let nextCall = 1;
const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();

/** Asks the writer, by way of the main thread. */
function call<M extends keyof WriterCalls>(
  method: M,
  ...parameters: Parameters<WriterCalls[M]>
): Promise<ReturnType<WriterCalls[M]>> {
  const id = nextCall++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: (result) => resolve(result as ReturnType<WriterCalls[M]>), reject });
    tell({ kind: "call", id, method, arguments: parameters });
  });
}

function take(id: number) {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}

self.onmessage = async ({ data }: MessageEvent<ToExporter>) => {
  switch (data.kind) {
    case "open":
      exporter = new Exporter({
        storePath: data.storePath,
        sender: data.sender,
        call,
        onRest: (until) => tell({ kind: "resting", until }),
        onUnreadable: (error) =>
          tell({ kind: "unreadable", message: error instanceof Error ? error.message : String(error) }),
      });
      break;
    case "configure":
      exporter!.configure(data.remotes, data.batchSize, data.isLive, data.isNew);
      break;
    case "wake":
      exporter!.wake();
      break;
    case "deliver":
      try {
        tell({ kind: "delivered", id: data.id, delivery: await exporter!.deliver(data.name, data.again) });
      } catch (error) {
        tell({
          kind: "failed",
          id: data.id,
          message: error instanceof Error ? error.message : String(error),
        });
      }
      break;
    case "result":
      take(data.id)?.resolve(data.result);
      break;
    case "error":
      take(data.id)?.reject(new WriteError(data.trouble, data.message));
      break;
    case "stop":
      await exporter?.stop();
      tell({ kind: "stopped" });
  }
};

const ready: ReadyMessage = { kind: "ready" };
self.postMessage(ready);
