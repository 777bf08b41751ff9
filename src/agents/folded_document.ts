/**
 * Folds a log of operations, each of which changes the one document that those before it made. The operations are those of
 * VS Code's "object mutation log" (microsoft/vscode `src/vs/workbench/contrib/chat/common/model/objectMutationLog.ts`), in
 * which a large document is told too:
 *
 * - 0 the document itself: `v`
 * - 1 sets the value at the path `k` to `v`
 * - 2 cuts the list at `k` to its first `i` items, where `i` is given, and appends the items of `v`
 * - 3 deletes what is at `k`
 *
 * @module
 */

import type { JsonObject } from "./agent.ts";
import { PackedList } from "./packed_list.ts";
import { asList, asObject } from "./values.ts";

type Container = Record<string, unknown>;
type Segment = string | number;

/** What became of an operation. */
export type FoldOutcome =
  | "folded"
  /** It changes a document whose beginning is missing. */
  | "no-start"
  /** Its path leads nowhere, or it is no operation. */
  | "bad-operation";

/** A document that is being folded. The long list in it is kept apart, so that it takes little memory. */
export class FoldedDocument {
  readonly #listName: string;
  #header: Container | undefined;
  #list = new PackedList();
  #isLarge = false;

  /** @param listName the key of the long list, at the top of the document */
  constructor(listName: string) {
    this.#listName = listName;
  }

  /** What the document has beside its list, as far as it has been folded. */
  get header(): JsonObject | undefined {
    return this.#header;
  }

  /** The items of its list. */
  get items(): Iterable<unknown> {
    return this.#list;
  }

  /** The document is a large one: from now on it is kept compressed but for what is in use. */
  startPacking(): void {
    this.#isLarge = true;
    this.#list.startPacking();
  }

  /** Takes one operation. What it holds becomes part of the document. */
  apply(operation: JsonObject): FoldOutcome {
    if (operation.kind === 0) return this.#begin(asObject(operation.v));
    if (this.#header === undefined) return "no-start";
    const path = asPath(operation.k);
    if (path === undefined) return "bad-operation";
    const [first, index, ...rest] = path;
    if (first !== this.#listName) return change(this.#header, path, operation);
    if (index === undefined) return this.#changeList(operation);
    if (typeof index !== "number") return "bad-operation";
    if (rest.length === 0) return this.#changeItem(index, operation);
    const item = this.#list.edit(index);
    return typeof item === "object" && item !== null
      ? change(item as Container, rest, operation)
      : "bad-operation";
  }

  #begin(document: JsonObject | undefined): FoldOutcome {
    if (document === undefined) return "bad-operation";
    const { [this.#listName]: list, ...header } = document;
    this.#header = header;
    this.#setList(list);
    return "folded";
  }

  #setList(value: unknown): void {
    this.#list = new PackedList();
    if (this.#isLarge) this.#list.startPacking();
    for (const item of asList(value) ?? []) this.#list.push(item);
  }

  #changeList({ kind, v, i }: JsonObject): FoldOutcome {
    switch (kind) {
      case 1:
        this.#setList(v);
        return "folded";
      case 2:
        if (typeof i === "number" && i >= 0) this.#list.truncate(i);
        for (const item of asList(v) ?? []) this.#list.push(item);
        return "folded";
      case 3:
        this.#setList([]);
        return "folded";
      default:
        return "bad-operation";
    }
  }

  #changeItem(index: number, { kind, v }: JsonObject): FoldOutcome {
    if (kind === 1) this.#list.set(index, v);
    else if (kind === 3) this.#list.remove(index);
    else return "bad-operation";
    return "folded";
  }
}

function change(document: Container, path: readonly Segment[], { kind, v, i }: JsonObject): FoldOutcome {
  const parent = find(document, path.slice(0, -1));
  const last = path.at(-1)!;
  if (parent === undefined || (Array.isArray(parent) && typeof last !== "number")) return "bad-operation";
  const container = parent as Container;
  switch (kind) {
    case 1:
      container[last] = v;
      return "folded";
    case 2: {
      const list = asList(container[last]) as unknown[] | undefined ?? [];
      const kept = typeof i === "number" && i >= 0 ? list.slice(0, i) : list;
      container[last] = [...kept, ...asList(v) ?? []];
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

/** The path if it is one; none may reach what every object inherits. */
function asPath(value: unknown): readonly Segment[] | undefined {
  const path = asList(value);
  if (path === undefined || path.length === 0) return undefined;
  const isSegment = (segment: unknown) =>
    typeof segment === "string" && segment !== "__proto__" ||
    Number.isInteger(segment) && (segment as number) >= 0 && (segment as number) < 1e6;
  return path.every(isSegment) ? path as readonly Segment[] : undefined;
}

function find(document: Container, path: readonly Segment[]): object | undefined {
  let value: unknown = document;
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Container)[segment];
  }
  return typeof value === "object" && value !== null ? value : undefined;
}
