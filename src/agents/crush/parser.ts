/**
 * Reads the sessions of Crush: messages whose content is a list of parts. From charmbracelet/crush
 * `internal/message/content.go`, `internal/message/message.go` and `internal/db/migrations`.
 *
 * The tokens of a session are those of its last call alone, and are left out; what it cost is added up. What a sub-agent's
 * session cost is added to that of the session that started it, and is counted there alone.
 *
 * @module
 */

import type { Attachment, EventDraft } from "../../events/event.ts";
import type { JsonObject, RecordOutcome, RecordParser, SourceInfo } from "../agent.ts";
import { Conversation, type Place } from "../conversation.ts";
import type { DatabaseLayout } from "../database.ts";
import { fromJson } from "../json_text.ts";
import { timeOfValue } from "../row_values.ts";
import { compact, type ToolKinds } from "../tools.ts";
import { asCount, asList, asObject, asText } from "../values.ts";
import { type SessionFacts, sessionRowsParser } from "../session_rows.ts";
import { sessionTables } from "../table_layouts.ts";

const TOOLS: ToolKinds = {
  view: "read",
  write: "write",
  edit: "modify",
  multiedit: "modify",
  patch: "modify",
  bash: "command",
};

/** What the database of Crush holds. Triggers write the time of each change, in seconds. */
export const CRUSH_DATABASE: DatabaseLayout = sessionTables({
  changedAt: (row) => timeOfValue(row.get("updated_at")),
  messageChangedAt: (row) => timeOfValue(row.get("updated_at")),
});

/** The parser of one session. */
export function crushParser({ folder }: SourceInfo, emit: (event: EventDraft) => void): RecordParser {
  const conversation = new Conversation(emit, { tools: TOOLS, anchor: "session", openCalls: 256 }, "");
  conversation.set({ workspace: projectOf(folder) });
  return sessionRowsParser(conversation, {
    session: sessionOf,
    message: (row, placeAt) => tellMessage(conversation, row, placeAt),
  });
}

function sessionOf(row: JsonObject): SessionFacts {
  const parentSessionId = asText(row.parent_session_id);
  const costUsd = parentSessionId === undefined ? asCount(row.cost) : undefined;
  return {
    id: asText(row.id),
    beganAt: timeOfValue(row.created_at),
    surroundings: { parentSessionId },
    start: { title: asText(row.title) },
    total: costUsd !== undefined && costUsd > 0 ? { costUsd } : undefined,
  };
}

function tellMessage(
  conversation: Conversation,
  message: JsonObject,
  placeAt: (timestamp: number) => Place,
): RecordOutcome {
  const key = asText(message.id);
  const timestamp = timeOfValue(message.created_at);
  const parts = asList(fromJson(message.parts))?.map(asObject);
  if (key === undefined || timestamp === undefined || parts === undefined) {
    return { unknown: "message:shape" };
  }
  const place = { ...placeAt(timestamp), model: asText(message.model) };
  const unknown = parts.map((part) => tellPart(conversation, part, key, place)).find((outcome) =>
    outcome !== undefined
  );
  const said = (type: string) => dataOf(parts, type);
  const hidden = said("text").some(({ hidden }) => hidden === true);
  const text = asText(said("text").map(({ text }) => asText(text) ?? "").join("\n"));
  switch (message.role) {
    case "user": {
      const attachments = said("binary").map(attachmentOf);
      if ((text !== undefined || attachments.length > 0) && !hidden) {
        conversation.add(key, place, {
          type: "llm_request",
          data: { prompt: text ?? "", attachments: attachments.length === 0 ? undefined : attachments },
        });
      }
      break;
    }
    case "assistant": {
      const [finish] = said("finish");
      const reasoning = asText(said("reasoning").map(({ thinking }) => asText(thinking) ?? "").join("\n"));
      const data = { text, reasoning, stopReason: asText(finish?.reason) };
      if (message.is_summary_message === 1) {
        conversation.add(key, place, {
          type: "user_interaction",
          data: { action: "compact", text },
        });
      } else conversation.add(key, place, { type: "llm_response", data });
      if (finish?.reason === "error") {
        const message = asText(finish.message) ?? asText(finish.details) ?? "";
        conversation.add(`error:${key}`, place, { type: "error_encountered", data: { message } });
      }
      break;
    }
    case "tool":
    case "system":
      break;
    default:
      return { unknown: `role:${asText(message.role) ?? "none"}` };
  }
  return unknown;
}

function tellPart(
  conversation: Conversation,
  part: JsonObject | undefined,
  key: string,
  place: Place,
): RecordOutcome {
  const data = asObject(part?.data);
  switch (part?.type) {
    case "tool_call": {
      const tool = asText(data?.name);
      const callId = asText(data?.id);
      if (tool === undefined || callId === undefined) return { unknown: "part:tool_call" };
      conversation.call(callId, place, { tool, callId, args: fromJson(data?.input) });
      return undefined;
    }
    case "tool_result": {
      const callId = asText(data?.tool_call_id);
      const isKnown = callId !== undefined && conversation.result(callId, {
        result: asText(data?.content),
        isError: data?.is_error === true,
      });
      return isKnown ? undefined : { unknown: "result:without-call" };
    }
    case "shell_command":
      // What the user ran, not the model.
      conversation.add(`shell:${key}`, place, {
        type: "command_execution",
        data: compact({
          tool: "!",
          command: asText(data?.command),
          output: asText(data?.output),
          exitCode: asCount(data?.exit_code),
        }),
      });
      return undefined;
    case "text":
    case "reasoning":
    case "finish":
    case "binary":
    case "image_url":
    case "_meta":
      return undefined;
    default:
      return { unknown: `part:${asText(part?.type) ?? "none"}` };
  }
}

function dataOf(parts: readonly (JsonObject | undefined)[], type: string): readonly JsonObject[] {
  return parts.filter((part) => part?.type === type).map((part) => asObject(part?.data) ?? {});
}

function attachmentOf({ Path, MIMEType }: JsonObject): Attachment {
  const kind = asText(MIMEType)?.startsWith("image/") ? "image" : "file";
  return compact({ kind, path: asText(Path) }) as Attachment;
}

/** The project that a folder of Crush is in; `undefined` of a folder that the configuration of Crush moved elsewhere. */
function projectOf(folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : /^([\s\S]+)[\\/]\.(?:crush|opencode)$/.exec(folder)?.[1];
}
