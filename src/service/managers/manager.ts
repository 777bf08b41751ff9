/**
 * What a system's service manager is asked to do: as values, so that all three are tested on any of them.
 *
 * @module
 */

/** How a collector is run by a service manager: at every login, or once, from now on. */
export type ManagedKind = "service" | "background";

/** Both. */
export const MANAGED_KINDS = ["service", "background"] as const;

/** What a service manager is to run. */
export interface ServiceSpec {
  readonly kind: ManagedKind;
  /** The program and its arguments; the first is an absolute path. */
  readonly command: readonly [program: string, ...args: readonly string[]];
  /** Variables that it needs and would not have. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program that is called: its absolute path and its arguments. */
export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  /** It may fail: it only makes sure of something. */
  readonly mayFail?: true;
}

/** What describes a service to the manager. */
export interface Definition {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a manager says of a service. */
export interface ServiceState {
  readonly isRunning: boolean;
  /** In the manager's own words, if it has more to say: `failed (exit-code), restarted 3 times`. */
  readonly detail?: string;
}

/** A system's service manager. */
export interface ServiceManager {
  /** For people: `systemd`. */
  readonly name: string;
  /** Where its definition of a service stands. */
  path(kind: ManagedKind): string;
  /** The definition. */
  define(spec: ServiceSpec): Definition;
  /** Once the definition is written: starts it, now and, as a service, at every login. */
  start(kind: ManagedKind): readonly Call[];
  /** While the definition is still there: stops it, and starts it no more. */
  stop(kind: ManagedKind): readonly Call[];
  /** Once the definition is gone. */
  forget(kind: ManagedKind): readonly Call[];
  /** Asks how it is. */
  ask(kind: ManagedKind): Call;
  /** Reads the answer; `undefined` where the manager does not know the service. */
  read(success: boolean, answer: string): ServiceState | undefined;
  /** How a variable is given to all services of this user, for people. */
  readonly variableHint: string;
  /** What else should be known once it is installed. */
  readonly installedHint?: string;
}
