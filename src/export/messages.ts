/**
 * What the main thread and the exporter's thread tell each other.
 *
 * @module
 */

import type { RemoteConfig } from "../config/config.ts";
import type { StoreTrouble } from "../store/errors.ts";
import type { WriterCalls } from "../sync/messages.ts";
import type { Sender } from "./remote.ts";

/** Remotes by their name, as they are configured. */
export type Remotes = { readonly [name: string]: RemoteConfig };

/** What became of a delivery that was asked for. */
export interface Delivery {
  /** The remote has all there is. */
  readonly isComplete: boolean;
  /** Events delivered meanwhile. */
  readonly delivered: number;
  /** Events that may still change and go out later by themselves. */
  readonly deferred: number;
  readonly deadLetters: number;
  /** Why it is not complete. */
  readonly message?: string;
}

/** From the main thread to the exporter. */
export type ToExporter =
  | { readonly kind: "open"; readonly storePath: string; readonly sender: Omit<Sender, "machineId"> }
  /** These are the remotes now; see `Exporter.configure()`. */
  | {
    readonly kind: "configure";
    readonly remotes: Remotes;
    readonly batchSize: number;
    readonly isLive: boolean;
    readonly isNew: boolean;
  }
  /** Something was committed. */
  | { readonly kind: "wake" }
  /** Deliver what there is to one remote; `again` also what it has had. */
  | { readonly kind: "deliver"; readonly id: number; readonly name: string; readonly again: boolean }
  /** The writer's answer to a call. */
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly trouble: StoreTrouble; readonly message: string }
  | { readonly kind: "stop" };

/** From the exporter to the main thread. */
export type FromExporter =
  /** Asks the writer for something. */
  | {
    readonly kind: "call";
    readonly id: number;
    readonly method: keyof WriterCalls;
    readonly arguments: readonly unknown[];
  }
  | { readonly kind: "delivered"; readonly id: number; readonly delivery: Delivery }
  | { readonly kind: "failed"; readonly id: number; readonly message: string }
  /** Nothing is to be done before then, ms since the epoch, unless something is committed. */
  | { readonly kind: "resting"; readonly until: number }
  /** The store could not be read. */
  | { readonly kind: "unreadable"; readonly message: string }
  | { readonly kind: "stopped" };
