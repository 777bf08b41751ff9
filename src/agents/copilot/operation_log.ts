/**
 * Folds VS Code's "object mutation log": a file of lines, each of which changes the one document that the lines before
 * made. Its kinds are those of microsoft/vscode `src/vs/workbench/contrib/chat/common/model/objectMutationLog.ts`:
 *
 * - 0 the document itself: `v`
 * - 1 sets the value at the path `k` to `v`
 * - 2 cuts the list at `k` to its first `i` items, where `i` is given, and appends the items of `v`
 * - 3 deletes what is at `k`
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asList, asObject } from "../values.ts";

type Container = Record<string, unknown>;
type Segment = string | number;

/** What became of a line. */
export type FoldOutcome =
  | "folded"
  /** It changes a document whose beginning is missing. */
  | "no-start"
  /** Its path leads nowhere, or it is no operation. */
  | "bad-operation";

/** A document that is being folded. */
export class FoldedDocument {
  #document: JsonObject | undefined;

  /** The document as far as it has been folded. */
  get document(): JsonObject | undefined {
    return this.#document;
  }

  /** Takes one line. What it holds becomes part of the document. */
  apply(line: JsonObject): FoldOutcome {
    if (line.kind === 0) {
      this.#document = asObject(line.v);
      return this.#document === undefined ? "bad-operation" : "folded";
    }
    if (this.#document === undefined) return "no-start";
    const path = asPath(line.k);
    if (path === undefined) return "bad-operation";
    const parent = find(this.#document, path.slice(0, -1));
    const last = path.at(-1)!;
    if (parent === undefined || (Array.isArray(parent) && typeof last !== "number")) return "bad-operation";
    const container = parent as Container;
    switch (line.kind) {
      case 1:
        container[last] = line.v;
        return "folded";
      case 2: {
        const list = asList(container[last]) as unknown[] | undefined ?? [];
        const kept = typeof line.i === "number" && line.i >= 0 ? list.slice(0, line.i) : list;
        container[last] = [...kept, ...asList(line.v) ?? []];
        return "folded";
      }
      case 3:
        if (Array.isArray(parent)) parent.splice(last as number, 1);
        else delete container[last];
        return "folded";
      default:
        return "bad-operation";
    }
  }
}

/** The path if it is one; none may reach what every object inherits. */
function asPath(value: unknown): readonly Segment[] | undefined {
  const path = asList(value);
  if (path === undefined || path.length === 0) return undefined;
  const isSegment = (segment: unknown) =>
    typeof segment === "string" && segment !== "__proto__" ||
    Number.isInteger(segment) && (segment as number) >= 0 && (segment as number) < 1e6;
  return path.every(isSegment) ? path as readonly Segment[] : undefined;
}

function find(document: JsonObject, path: readonly Segment[]): object | undefined {
  let value: unknown = document;
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Container)[segment];
  }
  return typeof value === "object" && value !== null ? value : undefined;
}
