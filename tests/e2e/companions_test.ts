import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { query, sync } from "./collecting.ts";
import { temporaryHome } from "./program.ts";

/** A session of Mistral Vibe that began just now; the beginning of its id is `0123abcd`. */
function beginSession(home: string): { readonly messages: string; readonly meta: string } {
  const now = new Date().toISOString().replace(/[-:]|\..*$/g, "").replace("T", "_");
  const folder = join(home, ".vibe", "logs", "session", `session_${now}_0123abcd`);
  Deno.mkdirSync(folder, { recursive: true });
  return { messages: join(folder, "messages.jsonl"), meta: join(folder, "meta.json") };
}

function say(path: string, content: string, id: string): void {
  const message = { role: "user", content, injected: false, message_id: id };
  Deno.writeTextFileSync(path, `${JSON.stringify(message)}\n`, { append: true });
}

Deno.test("what stands beside a source holds from its first record on, also where it comes later", async () => {
  using home = temporaryHome();
  const { messages, meta } = beginSession(home.path);
  const prompts = async () =>
    (await query(home.path, "--agent", "mistral-vibe", "--type", "llm_request"))
      .map(({ id, data, workspace, revision }) => ({ id, said: JSON.stringify(data), workspace, revision }))
      .toSorted((a, b) => a.said < b.said ? -1 : 1);
  say(messages, "1", "m1");
  await sync(home.path);
  const [first] = await prompts();
  assertEquals(first!.workspace, undefined);
  const state = { environment: { working_directory: "/srv/shop" } };
  Deno.writeTextFileSync(meta, JSON.stringify(state));
  say(messages, "2", "m2");
  await sync(home.path);
  const both = await prompts();
  assertEquals(both.map(({ said, workspace, revision }) => [said, workspace, revision]), [
    ['{"prompt":"1"}', "/srv/shop", 2],
    ['{"prompt":"2"}', "/srv/shop", 1],
  ]);
  assertEquals(both[0]!.id, first!.id);
  // It is read on from there.
  Deno.writeTextFileSync(meta, JSON.stringify({ ...state, title: "Counting" }));
  say(messages, "3", "m3");
  await sync(home.path);
  assertEquals((await prompts()).map(({ revision }) => revision), [2, 1, 1]);
});
