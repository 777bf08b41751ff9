/**
 * Reads the answer to a request: what stands in the parts that the editor shows, and in the rounds that the model was
 * called in.
 *
 * @module
 */

import type { JsonObject } from "../agent.ts";
import { asList, asObject, asText } from "../values.ts";
import type { CallFacts } from "./tools.ts";
import { pathOfUri } from "./uri.ts";

/** What an answer says. */
export interface Answer {
  readonly text: string | undefined;
  readonly reasoning: string | undefined;
  readonly calls: readonly Call[];
  /** Files that were changed, where no call says so. */
  readonly edits: readonly Edit[];
  /** Kind of the first part that is not understood. */
  readonly unknown: string | undefined;
}

/** A change of a file, as the editor shows it. */
export interface Edit {
  readonly tool: string;
  readonly path: string;
  readonly patch: unknown;
}

/** A call with the name that it keeps. */
export type Call = CallFacts & {
  /** Stays the same from the moment the call is made. */
  readonly key: string;
  readonly isComplete: boolean;
  readonly isDenied: boolean;
};

/** Parts that say nothing of their own. */
const SILENT: ReadonlySet<string> = new Set([
  "agentDetection",
  "autoModeResolution",
  "clearToPreviousToolInvocation",
  "codeblockUri",
  "command",
  "confirmation",
  "disabledClaudeHooks",
  "elicitation",
  "elicitationSerialized",
  "extensions",
  "externalEdits",
  "hook",
  "mcpServersStarting",
  "mcpServersStartingSerialized",
  "mcpServersInteractionRequired",
  "multiDiffData",
  "planReview",
  "prepareToolInvocation",
  "progressMessage",
  "progressTask",
  "progressTaskSerialized",
  "pullRequest",
  "questionCarousel",
  "systemNotification",
  "treeData",
  "undoStop",
  "warning",
  "workspaceEdit",
]);

/** Tools that the editor calls for itself, to carry out what another call asked for. */
const INTERNAL = /_internal$/;

/** Reads it. */
export function readAnswer(request: JsonObject): Answer {
  let text = "";
  /** What comes next follows a call: it is a paragraph of its own. */
  let isAfterCall = false;
  const say = (more: string) => {
    if (more === "") return;
    text += isAfterCall && text !== "" ? `\n\n${more}` : more;
    isAfterCall = false;
  };
  const reasoning: string[] = [];
  const invocations: JsonObject[] = [];
  const edits: Edit[] = [];
  let unknown: string | undefined;
  // Until 2023 an answer was one text.
  for (const item of asList(request.response) ?? [request.response]) {
    const part = asObject(item);
    if (part === undefined) {
      if (typeof item === "string") say(item);
      continue;
    }
    // Until 2024 a reference did not say what it is.
    const kind = asText(part.kind) ?? (part.inlineReference === undefined ? undefined : "inlineReference");
    switch (kind) {
      case undefined:
      case "markdownContent":
      case "markdownVuln":
        say(textOf(part.value ?? part.content) ?? "");
        break;
      case "thinking":
        reasoning.push(thoughtOf(part.value));
        break;
      case "inlineReference":
        say(referenceOf(part));
        break;
      case "toolInvocation":
      case "toolInvocationSerialized":
        isAfterCall = true;
        if (!INTERNAL.test(asText(part.toolId) ?? "")) invocations.push(part);
        break;
      case "textEditGroup":
      case "notebookEditGroup": {
        const path = pathOfUri(part.uri);
        if (path !== undefined) edits.push({ tool: kind, path, patch: part.edits });
        break;
      }
      default:
        if (!SILENT.has(kind)) unknown ??= `part:${kind}`;
    }
  }
  const calls = readCalls(request, invocations);
  return {
    // A fence that held nothing but an edit is left of it.
    text: asText(text.replace(/(?:^|\n)`{3,}\s*`{3,}\n?/g, "\n").trim()),
    reasoning: asText(reasoning.join("").trim()),
    calls,
    edits: calls.length === 0 ? edits : [],
    unknown,
  };
}

/**
 * The calls of an answer. What the editor shows and what the model asked for have the same order and mostly different ids; only
 * the first is there while the answer still runs, so its id is the one that names a call. What a sub-agent called is shown
 * among them, and was asked for elsewhere.
 */
function readCalls(request: JsonObject, invocations: readonly JsonObject[]): readonly Call[] {
  const metadata = asObject(asObject(request.result)?.metadata);
  const results = asObject(metadata?.toolCallResults) ?? {};
  const shownIds = new Set(invocations.map(({ toolCallId }) => idOf(toolCallId)));
  const byId = new Map<string | undefined, JsonObject>();
  const inOrder: (JsonObject | undefined)[] = [];
  for (const round of asList(metadata?.toolCallRounds) ?? []) {
    for (const call of (asList(asObject(round)?.toolCalls) ?? []).map(asObject)) {
      const id = idOf(call?.id);
      if (call !== undefined && shownIds.has(id) && !byId.has(id)) byId.set(id, call);
      else inOrder.push(call);
    }
  }
  let next = 0;
  const pairs = invocations.map((shown) => {
    const id = idOf(shown.toolCallId);
    const call = byId.get(id) ?? (isOfSubAgent(shown) ? undefined : inOrder[next++]);
    byId.delete(id);
    return [shown, call] as const;
  });
  const calls = [...pairs, ...inOrder.slice(next).map((call) => [undefined, call] as const)];
  return calls.map(([shown, call], index) => callOf(shown, call, results, index));
}

/** The id of a call, without what the editor hangs on it to tell it from others. */
function idOf(id: unknown): string | undefined {
  return asText(id)?.replace(/__vscode-\d+$/, "");
}

function callOf(
  shown: JsonObject | undefined,
  call: JsonObject | undefined,
  results: JsonObject,
  index: number,
): Call {
  const askedId = asText(call?.id);
  const callId = asText(shown?.toolCallId) ?? idOf(askedId);
  const result = askedId === undefined ? undefined : resultText(results[askedId]);
  const confirmed = shown?.isConfirmed;
  const shownData = asObject(shown?.toolSpecificData);
  const terminal = asObject(shownData?.commandLine);
  const details = asObject(shown?.resultDetails);
  return {
    key: callId ?? `#${index}`,
    tool: asText(call?.name) ?? asText(shown?.toolId) ?? "unknown",
    callId,
    // Where an answer was broken off, only what the editor showed is there.
    args: parseArguments(call?.arguments ?? shownData?.rawInput ?? details?.input),
    result: result ?? shownOutput(details?.output) ?? textOf(shown?.pastTenseMessage),
    command: asText(terminal?.userEdited) ?? asText(terminal?.toolEdited) ?? asText(terminal?.original),
    isError: details?.isError === true ? true : undefined,
    isComplete: shown?.isComplete === true || result !== undefined,
    isDenied: confirmed === false || asObject(confirmed)?.type === 0,
  };
}

function isOfSubAgent({ subAgentInvocationId, fromSubAgent }: JsonObject): boolean {
  return asText(subAgentInvocationId) !== undefined || fromSubAgent === true;
}

/** The texts of what the editor showed of a result; what is no text stands beside them in base64. */
function shownOutput(output: unknown): string | undefined {
  const texts = (asList(output) ?? []).map(asObject).filter((part) => part?.isText === true)
    .map((part) => asText(part?.value) ?? "");
  return asText(output) ?? asText(texts.join("\n"));
}

/** Arguments are the JSON of an object; what is not stays text. */
function parseArguments(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    return asText(value);
  }
}

/** How deeply what a tool returned is looked into. */
const DEEPEST = 100;

/** The texts at the leaves of what a tool returned, which is a tree of the elements that the prompt was made of. */
export function resultText(result: unknown): string | undefined {
  const texts: string[] = [];
  const collect = (value: unknown, depth: number): void => {
    if (depth > DEEPEST) return;
    if (typeof value === "string") {
      texts.push(value);
      return;
    }
    for (const item of asList(value) ?? []) collect(item, depth + 1);
    const node = asObject(value);
    if (node === undefined) return;
    if (typeof node.text === "string") {
      const needsBreak = node.lineBreakBefore === true && texts.length > 0 && !texts.at(-1)!.endsWith("\n");
      texts.push(needsBreak ? `\n${node.text}` : node.text);
    }
    for (const key of ["content", "value", "node", "children"]) {
      const child = node[key];
      if (typeof child === "object" || (key === "value" && typeof child === "string")) {
        collect(child, depth + 1);
      }
    }
  };
  collect(result, 0);
  return asText(texts.join(""));
}

/** A message is a text, or an object with one; what it links to stands in it without a name. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return asText(value);
  return asText(asObject(value)?.value);
}

function thoughtOf(value: unknown): string {
  const parts = asList(value);
  return parts === undefined
    ? textOf(value) ?? ""
    : parts.filter((part) => typeof part === "string").join("");
}

/** A reference stands within a sentence, by the name of what it refers to. */
function referenceOf({ name, inlineReference }: JsonObject): string {
  const target = asObject(inlineReference);
  const text = asText(name) ?? asText(target?.name);
  if (text !== undefined) return `\`${text}\``;
  const path = pathOfUri(inlineReference) ?? pathOfUri(target?.uri) ??
    pathOfUri(asObject(target?.location)?.uri);
  return path === undefined ? "" : `\`${path.replace(/^.*[\\/]/, "")}\``;
}
