/**
 * What gptme writes of a conversation beside it, `config.toml`: `[chat]` with `name`, `model`, `workspace` and more, `[env]` and
 * `[mcp]`. From gptme/gptme `gptme/config/chat.py` and `gptme/util/__init__.py`.
 *
 * @module
 */

import { parse } from "@std/toml";
import { asObject, asText } from "../values.ts";

/** A longer one is passed over: the time that the parser takes grows with the square of the number of lines. */
const LONGEST = 64 << 10;

/**
 * What a text in TOML holds.
 *
 * @throws {Error} if it is none, or very long
 */
export function parseConfig(text: string): unknown {
  if (text.length > LONGEST) throw new RangeError("the configuration of a conversation is too long");
  return parse(text);
}

/** The project of a conversation, an absolute path. It is written with `~` in the place of the home folder. */
export function workspaceOf(config: unknown, home: string | undefined): string | undefined {
  const named = asText(asObject(asObject(config)?.chat)?.workspace);
  const path = home === undefined ? named : named?.replace(/^~(?=[\\/]|$)/, () => home);
  return path !== undefined && /^(?:[\\/]|[a-z]:[\\/])/i.test(path) ? path : undefined;
}
