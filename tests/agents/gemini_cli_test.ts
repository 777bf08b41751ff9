import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { geminiCli } from "../../src/agents/gemini_cli.ts";
import { readable } from "./readable.ts";

const HASH = createHash("sha256").update("/home/ada/shop").digest("hex");

/** Of what project a chat in a folder is told to be. */
function workspaceOf(folder: string, projectHash: unknown, projects: object): string | undefined {
  const workspaces = new Set<string | undefined>();
  const parser = readable(geminiCli).parser(
    { relativePath: `tmp/${folder}/chats/session-1.json`, companions: { "projects.json": { projects } } },
    (event) => void workspaces.add(event.workspace),
  );
  const messages = [{ id: "m1", timestamp: "2026-01-04T10:00:00.000Z", type: "user", content: "Hi" }];
  parser.record({ sessionId: "s1", projectHash, startTime: "2026-01-04T10:00:00.000Z", messages }, 0);
  parser.flush();
  assertEquals(workspaces.size, 1);
  return [...workspaces][0];
}

Deno.test("a chat of Gemini CLI is of the same project in the folder of 2025 and in its copy of 2026", () => {
  const projects = { "/home/ada/other": "other", "/home/ada/shop": "shop" };
  assertEquals(workspaceOf("shop", HASH, projects), "/home/ada/shop");
  assertEquals(workspaceOf(HASH, HASH, projects), "/home/ada/shop");
  assertEquals(workspaceOf(HASH, undefined, projects), "/home/ada/shop");
  assertEquals(workspaceOf("elsewhere", null, { "/home/ada/shop": null }), undefined);
});
