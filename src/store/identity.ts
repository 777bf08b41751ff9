/**
 * What makes one store different from every other.
 *
 * @module
 */

import type { StoreReader } from "./reader.ts";

/** Drawn when the store was made. */
export interface StoreIdentity {
  /** A UUID that names the machine to remotes. */
  readonly machineId: string;
  /** 64 hex digits that never leave the machine: the key of what is hashed before it leaves. */
  readonly secret: string;
}

/** The identity of a store. */
export function storeIdentity(reader: StoreReader): StoreIdentity {
  return reader.read((database) => {
    const value = database.prepare("select value from meta where key = ?");
    return {
      machineId: value.get("machine")!.value as string,
      secret: value.get("secret")!.value as string,
    };
  });
}
