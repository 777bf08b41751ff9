/**
 * Has a remote served: by the collector that runs, else by this process.
 *
 * @module
 */

import type { Config } from "../config/config.ts";
import type { StoragePaths } from "../config/paths.ts";
import type { RemoteChange } from "../export/changes.ts";
import type { ExportContext } from "../export/export_thread.ts";
import type { Exporter } from "../export/exporter.ts";
import type { Delivery } from "../export/messages.ts";
import { isCollectorRunning } from "../service/lock.ts";
import type { RequestArguments, RequestKind } from "../store/requests.ts";
import { UserError } from "./errors.ts";

/** How often to look at the answer of the running collector, ms. */
const LOOK_EVERY = 100;

/** Delivers what there is to one remote, `again` also what it has had. */
export async function deliver(
  paths: StoragePaths,
  config: Config,
  { name, again }: { readonly name: string; readonly again: boolean },
): Promise<Delivery> {
  for (;;) {
    const answer = await ask<Delivery>(paths, "export", { remote: name, again });
    if (answer !== undefined) return answer;
    const delivery = await asWriter(paths, config, ({ exporter }) => exporter.deliver(name, again));
    if (delivery !== undefined) return delivery;
  }
}

/** Changes what is stored of a remote. Returns how many dead letters, or remotes, it concerned. */
export async function change(paths: StoragePaths, config: Config, wish: RemoteChange): Promise<number> {
  const { changeRemote } = await import("../export/changes.ts");
  for (;;) {
    const answer = await ask<{ readonly count: number }>(paths, "remote", { ...wish });
    if (answer !== undefined) return answer.count;
    const count = await asWriter(paths, config, ({ call }) => changeRemote(wish, call));
    if (count !== undefined) return count;
  }
}

/** Asks the running collector; `undefined` if there is none, or it ended before it answered. */
async function ask<T>(
  paths: StoragePaths,
  kind: RequestKind,
  args: RequestArguments,
): Promise<T | undefined> {
  if (!isCollectorRunning(paths.lock)) return undefined;
  const { CollectorRequest } = await import("../service/request.ts");
  const request = new CollectorRequest(paths.database, kind, args);
  for (;;) {
    const state = request.poll(Date.now());
    if (state?.state === "done") return JSON.parse(state.answer!);
    if (state?.state === "failed") {
      if (!isCollectorRunning(paths.lock)) return undefined;
      throw new UserError(JSON.parse(state.answer ?? "{}").message ?? "the collector could not do it");
    }
    if (!isCollectorRunning(paths.lock)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** What writes the store while no collector does. */
interface Writing {
  readonly exporter: Exporter;
  readonly call: ExportContext["call"];
}

/** Does something as the one that writes the store; `undefined` if a collector was started in this very moment. */
async function asWriter<T>(
  paths: StoragePaths,
  { export: { remotes }, sync }: Config,
  use: (writing: Writing) => Promise<T>,
): Promise<T | undefined> {
  const { CollectorLock } = await import("../service/lock.ts");
  const { StoreWriter } = await import("../store/writer.ts");
  const { writerCalls } = await import("../sync/writer_calls.ts");
  const { Exporter } = await import("../export/exporter.ts");
  const { VERSION } = await import("../platform/program.ts");
  const { THIS_OS } = await import("../platform/environment.ts");
  using lock = CollectorLock.acquire(paths.lock);
  if (lock === undefined) return undefined;
  const store = new StoreWriter(paths.database);
  try {
    const calls = writerCalls(store);
    const call: ExportContext["call"] = (method, ...parameters) => {
      const run = (calls as Readonly<Record<string, (...all: readonly unknown[]) => unknown>>)[method]!;
      return Promise.resolve(store.transaction(() => run(...parameters)) as never);
    };
    let failed: unknown;
    const exporter = new Exporter({
      storePath: paths.database,
      sender: { version: VERSION, os: THIS_OS },
      call,
      onRest: () => {},
      onUnreadable: (error) => failed = error,
    });
    try {
      exporter.configure(remotes, sync.sync_batch_size, false, false);
      const result = await use({ exporter, call });
      if (failed !== undefined) throw failed;
      return result;
    } finally {
      await exporter.stop();
    }
  } finally {
    store.close();
  }
}
