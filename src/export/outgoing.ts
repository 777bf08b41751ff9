/**
 * Makes of events what one remote is to get of them.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import type { RemoteConfig } from "../config/config.ts";
import type { AgentEvent } from "../events/event.ts";
import { applyContent } from "./content.ts";
import { Redactor } from "./redact.ts";
import type { OutgoingEvent } from "./remote.ts";
import { truncate } from "./truncate.ts";

/** Hex digits of the name of a workspace whose path stays here. */
const WORKSPACE_DIGITS = 16;

/** Makes events fit to leave. */
export class Outgoing {
  readonly #config: RemoteConfig;
  readonly #secret: string;
  readonly redactor: Redactor;

  /** @param secret of the store */
  constructor(config: RemoteConfig, secret: string) {
    this.#config = config;
    this.#secret = secret;
    this.redactor = new Redactor((text) => this.#hash(text));
  }

  /** The event as it may leave. */
  prepare(event: AgentEvent): OutgoingEvent {
    const { content, include, max_event_bytes } = this.#config;
    const rules = {
      level: content,
      include,
      redactor: this.redactor,
      hashWorkspace: (path: string) => this.#hash(path).slice(0, WORKSPACE_DIGITS),
    };
    return truncate(applyContent(event, rules), max_event_bytes);
  }

  #hash(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }
}
