/**
 * Takes apart the transcripts that Cursor's agent wrote as plain text until early 2026. A line `user:` or `assistant:` (`A:` in
 * the first ones) begins a message. In one of the model, lines begin so:
 *
 * - `[Thinking] ` a thought. Nothing shows where it ends, so what follows its line is told as text
 * - `[Tool call] ` a call, by its tool; below it each argument, `  name: value`. A value goes on over lines as they are
 * - `[Tool result] ` that a call has returned; what it returned is not written
 *
 * There is no documentation by the vendor; the shape is that of transcripts which people have published, and several readers
 * of it agree on it.
 *
 * @module
 */

/** A message of a transcript. */
export interface TextMessage {
  readonly role: "user" | "assistant";
  /** Number of the line that begins it, from 1. */
  readonly line: number;
  readonly text: string;
  /** The beginnings of its thoughts. */
  readonly reasoning: string;
  readonly calls: readonly TextCall[];
}

/** A call in a message. */
export interface TextCall {
  readonly line: number;
  readonly tool: string;
  /** All are text, whatever the tool was given. */
  readonly args: { readonly [name: string]: string };
}

const ROLE = /^(user|assistant|A):\s*$/;
const THOUGHT = /^\[Thinking\] ?(.*)$/;
const CALL = /^\[Tool call\] (.+?)\s*$/;
const RESULT = /^\[Tool result\](?: |$)/;
const ARGUMENT = /^ {2}(\w[\w-]*):(?: (.*))?$/;

/** The messages of a transcript in their order; none if it is no transcript. */
export function messagesOf(transcript: string): readonly TextMessage[] {
  const messages: OpenMessage[] = [];
  let before = "";
  for (const [index, line] of transcript.split(/\r?\n/).entries()) {
    const role = mayBegin(before) ? ROLE.exec(line)?.[1] : undefined;
    if (role !== undefined) messages.push(new OpenMessage(role === "user" ? "user" : "assistant", index + 1));
    else messages.at(-1)?.take(line, index + 1);
    before = line;
  }
  return messages.map((message) => message.whole());
}

/** Whether a message may begin behind a line: in the middle of a text, its name is a word of that. */
function mayBegin(before: string): boolean {
  return before.trim() === "" || before.endsWith("</user_query>") || before.startsWith("[Tool ");
}

/** A message, as far as it has been read. */
class OpenMessage {
  readonly #role: TextMessage["role"];
  readonly #line: number;
  readonly #text: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #calls: { line: number; tool: string; args: Map<string, string[]> }[] = [];
  /** The argument whose value may go on. */
  #value: string[] | undefined;
  #isInCall = false;

  constructor(role: TextMessage["role"], line: number) {
    this.#role = role;
    this.#line = line;
  }

  take(line: string, number: number): void {
    if (this.#role === "user") {
      this.#text.push(line);
      return;
    }
    const tool = CALL.exec(line)?.[1];
    const thought = THOUGHT.exec(line)?.[1];
    if (tool !== undefined) {
      this.#calls.push({ line: number, tool, args: new Map() });
      this.#value = undefined;
      this.#isInCall = true;
    } else if (RESULT.test(line)) this.#isInCall = false;
    else if (this.#isInCall) this.#takeArgument(line);
    else if (thought !== undefined) this.#reasoning.push(thought);
    else this.#text.push(line);
  }

  #takeArgument(line: string): void {
    const args = this.#calls.at(-1)!.args;
    const [, name, value = ""] = ARGUMENT.exec(line) ?? [];
    // A name that was there is a part of a value that looks like one.
    if (name !== undefined && !args.has(name)) args.set(name, this.#value = [value]);
    else if (this.#value !== undefined) this.#value.push(line);
    else if (line.trim() !== "") this.#text.push(line);
  }

  whole(): TextMessage {
    const calls = this.#calls.map(({ line, tool, args }) => ({
      line,
      tool,
      args: Object.fromEntries(Array.from(args, ([name, value]) => [name, joined(value)])),
    }));
    const [text, reasoning] = [this.#text, this.#reasoning].map((lines) => joined(lines).trim());
    return { role: this.#role, line: this.#line, text: text!, reasoning: reasoning!, calls };
  }
}

/** The lines, without the empty ones at their end. */
function joined(lines: readonly string[]): string {
  return lines.join("\n").replace(/\n+$/, "");
}
