/**
 * Turns the text of a configuration file into a configuration, or into everything that is wrong with it.
 *
 * @module
 */

import * as v from "valibot";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import type { Environment } from "../platform/environment.ts";
import type { Config } from "./config.ts";
import { ConfigError, type ConfigProblem } from "./problems.ts";
import { configSchema } from "./schema.ts";

/** More than anyone writes, and few enough that resolving them takes no time. */
const MAX_ALIASES = 100;

/**
 * Parses YAML 1.2 and checks it.
 *
 * @param path of the file, for messages
 * @throws {ConfigError} that names every mistake
 */
export function parseConfig(text: string, path: string, environment: Environment): Config {
  const lineCounter = new LineCounter();
  const problemAt = (offset: number, key: string, message: string): ConfigProblem => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), key, message };
  };
  let document: Document.Parsed | undefined;
  const fail = (problems: readonly ConfigProblem[], cause?: unknown): never => {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const storagePath = document && soundStoragePath(document, environment);
    throw new ConfigError(path, sorted, { cause, storagePath });
  };

  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  } catch (cause) {
    // The parser recurses: deep enough, it runs out of stack.
    if (!(cause instanceof RangeError)) throw cause;
    return fail([problemAt(0, "", "nested too deeply")], cause);
  }
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) return fail(broken.map(({ pos, message }) => problemAt(pos[0], "", message)));
  const wrong = findWrongAliases(document);
  if (wrong.length > 0) return fail(wrong.map(({ offset, message }) => problemAt(offset, "", message)));

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    // A key that is no text is written as one, which some anchors in it can't be.
    const message = cause instanceof ReferenceError ? "the aliases unfold into too much" : cause.message;
    return fail([problemAt(0, "", message)], cause);
  }
  const result = v.safeParse(configSchema(environment), value);
  if (result.success) return result.output;
  return fail(result.issues.map(({ message, path = [] }) => {
    const keys = path.map(({ key }) => key as string | number);
    return problemAt(findOffset(document, keys, path.at(-1)?.origin === "key"), printKeys(keys), message);
  }));
}

interface WrongAlias {
  readonly offset: number;
  readonly message: string;
}

function findWrongAliases(document: Document.Parsed): readonly WrongAlias[] {
  const aliases: number[] = [];
  const anchors = new Set<string>();
  const wrong: WrongAlias[] = [];
  visit(document, {
    Node(_, node, parents) {
      if (isAlias(node)) {
        const offset = node.range?.[0] ?? 0;
        const isInside = parents.some((parent) => isCollection(parent) && parent.anchor === node.source);
        if (isInside) {
          wrong.push({ offset, message: `the alias *${node.source} stands inside of what it names` });
        }
        aliases.push(offset);
        if (!anchors.has(node.source)) {
          wrong.push({ offset, message: `no anchor &${node.source} stands before this alias` });
        }
      } else if (node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  const extra = aliases[MAX_ALIASES];
  return extra === undefined ? wrong : [{ offset: extra, message: `more than ${MAX_ALIASES} aliases` }];
}

/** The offset of the value at the end of a path, or of its key, or, where it is missing, of the key it is missing from. */
function findOffset(
  document: Document.Parsed,
  keys: readonly (string | number)[],
  wantsKey: boolean,
): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [index, key] of keys.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = offsetOf(node) ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value ?? "") === key);
      if (pair === undefined) return offset;
      offset = offsetOf(pair.key) ?? offset;
      if (wantsKey && index === keys.length - 1) return offset;
      node = pair.value;
    }
  }
  return offsetOf(node) ?? offset;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function printKeys(keys: readonly (string | number)[]): string {
  return keys.map((key, index) => typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`).join(
    "",
  );
}

/** `storage.path` as if it were all that the file says: also of a file of which only some can be parsed. */
function soundStoragePath(document: Document.Parsed, environment: Environment): string | undefined {
  const named = document.getIn(["storage", "path"], true);
  const path = isAlias(named) ? named.resolve(document) : named;
  if (!isScalar(path)) return undefined;
  const result = v.safeParse(configSchema(environment), { storage: { path: path.value } });
  return result.success ? result.output.storage.path : undefined;
}
