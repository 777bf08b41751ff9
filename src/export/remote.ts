/**
 * What a kind of remote is: how events become bytes, and how the bytes are brought there. Each kind is one file and one
 * line in `remotes.ts`.
 *
 * A batch is frozen as bytes before it is sent for the first time; what is sent again is those bytes, whatever happened
 * to the events, the configuration and the program meanwhile. So encoding and sending share nothing but the bytes.
 *
 * @module
 */

import type { RemoteConfig, RemoteType } from "../config/config.ts";
import type { AgentEvent } from "../events/event.ts";
import type { Os } from "../platform/environment.ts";

/** Who sends. */
export interface Sender {
  /** The program's version. */
  readonly version: string;
  /** The random id of this machine's store. */
  readonly machineId: string;
  readonly os: Os;
}

/**
 * An event as it leaves the machine: filtered, its content as the remote may have it, its longest strings cut where it
 * was too large.
 */
export type OutgoingEvent = Omit<AgentEvent, "workspace"> & {
  readonly workspace?: string;
  /** Names the workspace where its path may not leave. */
  readonly workspaceHash?: string;
  /** Strings were cut; the size and the hash of the data as it was. */
  readonly truncated?: { readonly bytes: number; readonly hash: string };
};

/** The bytes of a batch, as they are stored and sent. */
export interface Payload {
  readonly body: Uint8Array;
  /** What must go with the body: its type and its encoding. Never a secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A batch that has been frozen. */
export interface FrozenBatch extends Payload {
  /** Drawn when it was frozen, and the same each time it is sent. */
  readonly id: string;
  /** How many events it holds; an index of {@link Rejected} counts them in their order. */
  readonly events: number;
}

/** An event that the remote will not have. */
export interface Rejected {
  /** Its place in the batch, where the remote told; all that are rejected are told so or none. */
  readonly index: number;
  readonly message: string;
}

/** What became of a batch. */
export type Answer =
  /** It is there, but for those it named. */
  | { readonly kind: "accepted"; readonly rejected: readonly Rejected[] }
  /** So many are not there, and it didn't say which. They must not be sent again. */
  | { readonly kind: "partly"; readonly lost: number; readonly message: string }
  /** The remote's fault, or the way there: the same bytes later. */
  | {
    readonly kind: "unavailable";
    readonly message: string;
    readonly status?: number;
    /** Not before so long, ms, as the remote asked. */
    readonly retryAfter?: number;
  }
  /** It answers every batch with an error of its own (a 500): its fault, unless other batches get through. */
  | { readonly kind: "failing"; readonly message: string; readonly status: number }
  /** The configuration's fault (a wrong key, a wrong path, a redirect): all batches wait. */
  | { readonly kind: "refused"; readonly message: string; readonly status?: number }
  /** The batch is too large: in halves it may go. */
  | { readonly kind: "too-large"; readonly message: string; readonly status?: number }
  /** Something in the batch is wrong; the events that it named, if it named any. */
  | {
    readonly kind: "unacceptable";
    readonly message: string;
    readonly status?: number;
    readonly rejected: readonly Rejected[];
  };

/** What a trial found. */
export interface Trial {
  readonly ok: boolean;
  /** In words: what answered, or what is wrong and what to do. Never a secret. */
  readonly message: string;
}

/** An open way to a remote. */
export interface Connection {
  /** Brings a batch there. Never throws for what the remote or the network does. */
  send(batch: FrozenBatch, signal: AbortSignal): Promise<Answer>;
  /** Finds out whether it would work, without leaving an event there. */
  try(signal: AbortSignal): Promise<Trial>;
  close(): Promise<void>;
}

/** One kind of remote. */
export interface RemoteKind<C extends RemoteConfig = RemoteConfig> {
  readonly type: RemoteType;
  /** What makes a remote another one: its URL without secrets, or its path. */
  target(config: C): string;
  /** Makes the bytes of a batch: the same events always make the same. */
  encode(events: readonly OutgoingEvent[], config: C, sender: Sender): Promise<Payload>;
  /**
   * Opens the way to it; nothing is sent yet.
   *
   * @param config with its secrets expanded
   */
  connect(config: C): Connection;
}
