/**
 * An event as one line of text for people.
 *
 * @module
 */

import type { AgentEvent } from "../events/event.ts";
import { countCells, truncate } from "./cells.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";

/** The longest names of known agents, of shortened UUIDs and of types have so many characters. */
const WIDTHS = { agent: 14, session: 8, type: 17 };

/** What is shown of a session's id that is no UUID. */
const LONGEST_SESSION = 16;

const GAP = "  ";

/** However narrow the terminal, so many cells are left for the content. */
const LEAST_ROOM = 16;

/** Code units of a text that are looked at for each cell of the line: enough for escape sequences and runs of spaces. */
const UNITS_PER_CELL = 16;

/** Draws an event: local time, agent, session, type, and what it is about, cut to the width of the terminal. */
export function renderEventLine(event: AgentEvent, { columns, colour }: LineStyle): string {
  const time = formatLocalTime(event.timestamp);
  const agent = sanitize(event.agent).padEnd(WIDTHS.agent);
  const session = shortenSession(event.sessionId).padEnd(WIDTHS.session);
  const type = event.type.padEnd(WIDTHS.type);
  const used = [time, agent, session, type].reduce((sum, cell) => sum + countCells(cell) + GAP.length, 0);
  const room = Math.max(LEAST_ROOM, columns - used);
  const summary = truncate(oneLine(summarize(event), room * UNITS_PER_CELL), room);
  return [
    colour.dim(time),
    colour.cyan(agent),
    colour.dim(session),
    isBad(event) ? colour.red(type) : colour.bold(type),
    event.superseded ? colour.dim(summary) : summary,
  ].join(GAP).trimEnd();
}

/** How a line is drawn: `terminal.columns` and `terminal.colour`. */
export type LineStyle = Pick<Terminal, "columns" | "colour">;

/** A time as `2026-01-31 12:30:05`, in the zone of this machine. */
export function formatLocalTime(timestamp: number): string {
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** What is shown of a session's id; it is enough for `--session`. */
export function shortenSession(id: string): string {
  return sanitize(id.slice(0, /^[0-9a-f]{8}-/i.test(id) ? WIDTHS.session : LONGEST_SESSION));
}

/** What an event is about; text from its log, not yet safe to print. */
export function summarize(event: AgentEvent): string {
  const text = textOf(event);
  return event.superseded ? `(superseded) ${text}` : text;
}

function textOf(event: AgentEvent): string {
  switch (event.type) {
    case "llm_request":
      return event.data.prompt;
    case "llm_response": {
      const { text, reasoning, stopReason } = event.data;
      return text || reasoning || (stopReason ? `(${stopReason})` : "");
    }
    case "tool_use":
      return join(event.data.tool, inline(event.data.arguments));
    case "file_read":
    case "file_write":
    case "file_modify":
      return join(event.data.path ?? event.data.tool, event.data.isError ? "(failed)" : undefined);
    case "command_execution": {
      const { command, exitCode, isError, tool } = event.data;
      const failure = exitCode ? `(exit code ${exitCode})` : isError ? "(failed)" : undefined;
      return join(command === undefined ? tool : `$ ${command}`, failure);
    }
    case "user_interaction":
      return join(event.data.action, event.data.text);
    case "error_encountered":
      return join(event.data.code, event.data.message);
    case "session_start":
      return event.data.title ?? event.data.source ?? "";
    case "session_end":
      return event.data.reason ?? "";
  }
}

function isBad(event: AgentEvent): boolean {
  return event.type === "error_encountered" || ("isError" in event.data && event.data.isError === true);
}

function inline(value: unknown): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part).join(" ");
}

/** A text on one line, safe to print. Only its first `units` are looked at: it can be megabytes long. */
function oneLine(text: string, units: number): string {
  const start = text.length > units ? text.slice(0, units) : text;
  return sanitize(start).replace(/\s+/g, " ").trim();
}
