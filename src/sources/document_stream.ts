/**
 * Reads a JSON document that is too large to be parsed at once, and tells it as the operations that make it: the document
 * with an empty list, then each item of the list, and each other value at its top.
 *
 * @module
 */

import { JSONParser } from "@streamparser/json";
import type { JsonObject } from "../agents/agent.ts";

/** Takes the bytes of one document. */
export class DocumentStream {
  readonly #parser: JSONParser;
  #error: Error | undefined;

  /**
   * @param list the key of the long list in it
   * @param within where the document stands in what is parsed: nowhere, or under a key
   * @param take takes the operations
   */
  constructor(list: string, within: string | undefined, take: (operation: JsonObject) => void) {
    const root = within === undefined ? "$" : `$.${within}`;
    const depth = within === undefined ? 1 : 2;
    const parser = this.#parser = new JSONParser({
      paths: [`${root}.*`, `${root}.${list}.*`],
      stringBufferSize: 1 << 16,
    });
    take({ kind: 0, v: { [list]: [] } });
    parser.onValue = ({ value, key, parent, stack }) => {
      if (stack.length > depth) {
        take({ kind: 2, k: [list], v: [value] });
        // The parser would keep it as a part of what it is in.
        (parent as unknown[]).length = 0;
      } else if (key !== list) take({ kind: 1, k: [key as string], v: value });
    };
    parser.onError = (error) => this.#error ??= error;
  }

  /** Takes the bytes that come next. */
  write(bytes: Uint8Array): void {
    if (this.#error === undefined) this.#parser.write(bytes);
  }

  /** The document ends here. Returns what is wrong with it, `undefined` if it is a whole one. */
  end(): Error | undefined {
    if (this.#error === undefined && !this.#parser.isEnded) {
      try {
        this.#parser.end();
      } catch (error) {
        this.#error ??= error as Error;
      }
    }
    return this.#error;
  }
}
