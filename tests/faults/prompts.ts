/**
 * Lines of a Claude Code transcript that hold one prompt each, so that a test can name the events that must come of them.
 *
 * @module
 */

import { withDatabase } from "./store_state.ts";
import { observe } from "../store/observed.ts";

const START = Date.parse("2026-01-23T09:00:00Z");
const encoder = new TextEncoder();

/** A line, with its newline, that holds a prompt. Each text is an event of its own; so is the start of its session. */
export function promptLine(text: string, session = "s"): string {
  return JSON.stringify({
    type: "user",
    sessionId: session,
    timestamp: new Date(START + timeOf(text)).toISOString(),
    cwd: "/home/ada/shop",
    version: "2.1.42",
    message: { role: "user", content: text },
  }) + "\n";
}

/** A time within some hours that the text alone decides, so that lines of one text are one event. */
function timeOf(text: string): number {
  let time = 0;
  for (const byte of encoder.encode(text)) time = (time * 31 + byte) % 10_000_000;
  return time;
}

/** The prompts that a store holds and has not superseded, in the order of their texts; all its events are looked at. */
export function storedPrompts(store: string): string[] {
  return promptsOf(store, false);
}

/** Those that no source has any more. */
export function supersededPrompts(store: string): string[] {
  return promptsOf(store, true);
}

function promptsOf(store: string, superseded: boolean): string[] {
  const prompts: string[] = [];
  for (const event of withDatabase(store, observe).values()) {
    if (event.superseded !== superseded || event.shown.state.type !== "llm_request") continue;
    prompts.push((JSON.parse(event.shown.state.data) as { prompt: string }).prompt);
  }
  return prompts.sort();
}

/** Appends to a file. */
export function append(path: string, text: string | Uint8Array): void {
  Deno.writeFileSync(path, typeof text === "string" ? encoder.encode(text) : text, { append: true });
}
