/**
 * Reads the conversations of Cursor. A message of the editor is a *bubble*: what was typed, a thought, a call, or a part of
 * an answer. A thought and the text behind it are one message of the model.
 *
 * @module
 */

import type { EventDraft, Metrics } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, keyOf, type Place } from "../conversation.ts";
import { pathOfUri, workspaceOf as folderOfWindow } from "../copilot/uri.ts";
import { fromJson } from "../json_text.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asInstant, asList, asObject, asText } from "../values.ts";

const TOOLS: ToolKinds = {
  read_file: "read",
  read_file_v2: "read",
  edit_file: "modify",
  edit_file_v2: "modify",
  search_replace: "modify",
  reapply: "modify",
  apply_patch: "modify",
  multiedit: "modify",
  write: "write",
  run_terminal_cmd: "command",
  run_terminal_command: "command",
  run_terminal_command_v2: "command",
};

const USER = 1;
const ASSISTANT = 2;
/** Before this, a number is no time: some are of the clock of a page. */
const EPOCH = 1e12;

/** The parser of one conversation, or of the chats of a window. */
export class CursorParser implements RecordParser {
  readonly #conversation: Conversation;
  readonly #folder: string | undefined;
  readonly #workspaceOf: SourceInfo["workspaceOf"];
  #position = 0;
  /** When the message before was written. */
  #time: number | undefined;
  /** When the conversation was changed last. */
  #changedAt: number | undefined;
  /** The answer that is a thought so far, or was just begun: the key that its text goes on under. */
  #thought: string | undefined;
  #start: (() => void) | undefined;

  constructor({ companions, workspaceOf }: SourceInfo, emit: (event: EventDraft) => void) {
    this.#conversation = new Conversation(emit, { tools: TOOLS, anchor: "session" }, "");
    this.#folder = folderOfWindow(companions?.["workspace.json"]);
    this.#workspaceOf = workspaceOf;
  }

  record({ composer, header, bubble, chat }: JsonObject): RecordOutcome {
    if (chat !== undefined) return this.#chat(asObject(chat));
    if (bubble !== undefined) return this.#bubble(asObject(bubble));
    return this.#composer(asObject(composer), asObject(header));
  }

  flush(): void {
    this.#conversation.flush();
  }

  #composer(composer: JsonObject | undefined, header: JsonObject | undefined): RecordOutcome {
    const id = asText(composer?.composerId);
    if (composer === undefined || id === undefined) return { unknown: "composer:shape" };
    const worktree = asText(asObject(composer.gitWorktree)?.worktreePath);
    const [repository] = asList(composer.trackedGitRepos) ?? [];
    const [branch] = asList(asObject(repository)?.branches) ?? [];
    const workspace = asObject(composer.workspaceIdentifier ?? header?.workspaceIdentifier);
    this.#conversation.set({
      sessionId: id,
      parentSessionId: asText(asObject(composer.subagentInfo)?.parentComposerId),
      workspace: worktree ?? pathOfUri(workspace?.uri ?? workspace?.configPath),
      branch: asText(asObject(composer.gitWorktree)?.branchName) ?? asText(asObject(branch)?.branchName),
      model: modelOf(composer.modelConfig),
    });
    this.#time = timeOf(composer.createdAt) ?? timeOf(header?.createdAt);
    this.#changedAt = timeOf(composer.lastUpdatedAt);
    // Most conversations that a database holds are empty: they begin with their first message.
    const data = { title: asText(composer.name), source: asText(composer.unifiedMode) };
    this.#start = () => this.#conversation.start({ timestamp: this.#time!, position: 0 }, data);
    return undefined;
  }

  #bubble(bubble: JsonObject | undefined): RecordOutcome {
    if (bubble === undefined) return { unknown: "bubble:shape" };
    const { type } = bubble;
    if (type !== USER && type !== ASSISTANT) return { unknown: `bubble:${String(type)}` };
    const own = asInstant(bubble.createdAt) ?? timeOf(asObject(bubble.timingInfo)?.clientRpcSendTime);
    // A conversation that does not say when it began began with its first message, whenever that was.
    this.#time ??= own ?? this.#changedAt;
    if (this.#time === undefined) return { unknown: "bubble:no-time" };
    const { sessionId, workspace } = this.#conversation.surroundings;
    const [uri] = asList(bubble.workspaceUris) ?? [];
    this.#conversation.set({
      workspace: workspace ?? pathOfUri(uri) ?? asText(bubble.workspaceProjectDir) ??
        this.#workspaceOf?.(sessionId),
    });
    this.#start?.();
    this.#start = undefined;
    if (own !== undefined) this.#time = own;
    const place: Place = {
      timestamp: this.#time,
      position: ++this.#position,
      model: modelOf(bubble.modelInfo),
      metrics: metricsOf(bubble.tokenCount),
    };
    const key = asText(bubble.bubbleId) ?? keyOf(this.#time, String(type), asText(bubble.text) ?? "");
    return type === USER ? this.#said(bubble, key, place) : this.#answered(bubble, key, place);
  }

  #said(bubble: JsonObject, key: string, place: Place): RecordOutcome {
    this.#thought = undefined;
    const prompt = asText(bubble.text) ?? asText(bubble.rawText) ?? textOfRich(bubble.richText);
    const images = (asList(bubble.images) ?? []).map(() => ({ kind: "image" }));
    const files = attachedTo(bubble).map((path) => ({ kind: "file", path }));
    if (prompt === undefined && images.length === 0) return undefined;
    const attachments = [...files, ...images];
    this.#conversation.add(key, { ...place, metrics: undefined }, {
      type: "llm_request",
      data: { prompt: prompt ?? "", attachments: attachments.length === 0 ? undefined : attachments },
    });
    return undefined;
  }

  #answered(bubble: JsonObject, key: string, place: Place): RecordOutcome {
    const tool = asObject(bubble.toolFormerData);
    const name = asText(tool?.name);
    const text = asText(bubble.text) ?? asText(bubble.rawText);
    const reasoning = asText(asObject(bubble.thinking)?.text);
    // One that was broken off may have used something and said nothing.
    const isAnswer = text !== undefined || reasoning !== undefined ||
      (name === undefined && place.metrics !== undefined);
    if (isAnswer) this.#conversation.answer(this.#thought ?? key, place, { text, reasoning });
    this.#thought = text === undefined && reasoning !== undefined ? this.#thought ?? key : undefined;
    if (tool === undefined || name === undefined) return undefined;
    this.#thought = undefined;
    this.#call(tool, name, key, isAnswer ? { ...place, metrics: undefined } : place);
    return undefined;
  }

  #call(data: JsonObject, tool: string, key: string, place: Place): void {
    const callId = asText(data.toolCallId);
    const args = fromJson(data.rawArgs);
    const params = fromJson(data.params);
    // What the model asked for, as far as that is kept; else what the editor made of it.
    this.#conversation.call(key, place, {
      tool,
      callId,
      args: asObject(args) ?? params ?? args ?? undefined,
    });
    const outcome = fromJson(data.result);
    const held = asObject(outcome);
    const status = asText(data.status);
    const isOver = status !== "loading" && status !== "pending" && status !== undefined;
    this.#conversation.result(callId ?? key, {
      result: outcome === null || outcome === "" ? undefined : asText(held?.output) ?? outcome,
      isError: isOver ? status === "error" : undefined,
      exitCode: asCount(held?.exitCode) ?? asCount(held?.exitCodeV2),
    }, !isOver);
    if (data.userDecision === "rejected") {
      this.#conversation.add(`${key}:decision`, { ...place, metrics: undefined }, {
        type: "user_interaction",
        data: { action: "deny", text: undefined },
      });
    }
  }

  /** A chat of before the composer. */
  #chat(tab: JsonObject | undefined): RecordOutcome {
    const id = asText(tab?.tabId);
    const timestamp = timeOf(tab?.lastSendTime);
    if (tab === undefined || id === undefined) return { unknown: "chat:shape" };
    const bubbles = (asList(tab.bubbles) ?? []).map(asObject).filter((bubble) => bubble !== undefined);
    if (bubbles.length === 0) return undefined;
    if (timestamp === undefined) return { unknown: "chat:no-time" };
    this.#conversation.flush();
    this.#conversation.set({ sessionId: id, workspace: this.#folder });
    this.#conversation.start({ timestamp, position: 0 }, { title: asText(tab.chatTitle) });
    let unknown: RecordOutcome;
    for (const [index, bubble] of bubbles.entries()) {
      const text = asText(bubble.text) ?? asText(bubble.rawText) ?? textOfRich(bubble.richText);
      const key = asText(bubble.id) ?? keyOf(timestamp, String(bubble.type), text ?? "");
      const place = { timestamp, position: index + 1, model: asText(bubble.modelType) };
      if (bubble.type === "user") {
        if (text !== undefined) {
          this.#conversation.add(key, place, { type: "llm_request", data: { prompt: text } });
        }
      } else if (bubble.type === "ai") {
        if (text !== undefined) this.#conversation.add(key, place, { type: "llm_response", data: { text } });
      } else unknown = { unknown: `bubble:${String(bubble.type)}` };
    }
    return unknown;
  }
}

/** A model that is named; `default` names none. */
function modelOf(config: unknown): string | undefined {
  const name = asText(asObject(config)?.modelName);
  return name === "default" ? undefined : name;
}

function timeOf(value: unknown): number | undefined {
  const time = asCount(value);
  return time !== undefined && time > EPOCH ? Math.round(time) : asInstant(value);
}

/** Newer versions write zeros, whatever was used. */
function metricsOf(counts: unknown): Metrics | undefined {
  const { inputTokens, outputTokens } = asObject(counts) ?? {};
  const [input, output] = [asCount(inputTokens) ?? 0, asCount(outputTokens) ?? 0];
  return input + output === 0 ? undefined : compact({ inputTokens: input, outputTokens: output });
}

/** The files that were given along with a prompt. */
function attachedTo(bubble: JsonObject): readonly string[] {
  const selections = asList(asObject(bubble.context)?.fileSelections) ?? [];
  return selections.map((selection) => pathOfUri(asObject(selection)?.uri)).filter((path) =>
    path !== undefined
  );
}

/** The text of what the editor keeps as a tree. */
function textOfRich(rich: unknown): string | undefined {
  const texts: string[] = [];
  const visit = (node: unknown, depth: number): void => {
    const { text, type, children } = asObject(node) ?? {};
    if (depth > 50) return;
    if (typeof text === "string") texts.push(text);
    for (const child of asList(children) ?? []) visit(child, depth + 1);
    if (type === "paragraph" || type === "linebreak") texts.push("\n");
  };
  visit(asObject(fromJson(rich))?.root, 0);
  return asText(texts.join("").trim());
}
