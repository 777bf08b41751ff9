import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { prompts, query, runJson, startUpToDate, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";

/** A home whose user has an agent that this program does not know. */
class OwnHome implements Disposable {
  readonly #home = temporaryHome();
  readonly path = this.#home.path;
  readonly log = join(this.path, "my-agent/logs/today.jsonl");

  constructor() {
    Deno.mkdirSync(join(this.path, "my-agent/logs"), { recursive: true });
    Deno.mkdirSync(join(this.path, ".devlog"));
    this.configure("{ type: /kind, types: { ask: llm_request }, timestamp: /at, prompt: /text }");
  }

  configure(map: string): void {
    Deno.writeTextFileSync(
      join(this.path, ".devlog/config.yaml"),
      `agents:\n  my-agent:\n    format: jsonl\n    paths: ["~/my-agent/logs/*.jsonl"]\n    map: ${map}\n`,
    );
  }

  write(kind: string, text: string): void {
    const line = JSON.stringify({ kind, at: Date.now(), text });
    Deno.writeTextFileSync(this.log, `${line}\n`, { append: true });
  }

  [Symbol.dispose](): void {
    this.#home[Symbol.dispose]();
  }
}

Deno.test("config validate tries the map of an agent of one's own on its newest file", async () => {
  using home = new OwnHome();
  const empty = await run(["config", "validate"], { home: home.path });
  assertMatch(empty.stdout, /is valid\n\nmy-agent: no file is there yet\n$/);
  home.write("ask", "one");
  home.write("think", "…");
  Deno.writeTextFileSync(home.log, "{ no JSON\n", { append: true });
  const { code, stdout } = await run(["config", "validate"], { home: home.path });
  assertEquals(code, 0);
  assertStringIncludes(
    stdout,
    `my-agent: 1 file; the newest is ${Deno.realPathSync(home.path)}/my-agent/logs/today.jsonl\n`,
  );
  assertMatch(stdout, /my-agent +today +llm_request +one\n/);
  assertStringIncludes(stdout, "not understood: 1 record: type:think, 1 record: damaged:not_json\n");
  const { agents } = await runJson<{ agents: { id: string; total: number; events: { type: string }[] }[] }>(
    home.path,
    "config",
    "validate",
  );
  assertEquals(agents.map(({ id, total, events }) => [id, total, events.map(({ type }) => type)]), [
    ["my-agent", 1, ["llm_request"]],
  ]);
});

Deno.test("an agent of one's own is collected like any other, live, and again when its map changes", async () => {
  using home = new OwnHome();
  home.write("ask", "one");
  await using running = await startUpToDate(home.path);
  assertEquals(await prompts(home.path), ["one"]);
  home.write("ask", "two");
  home.write("tell", "three");
  await eventually("a new event", async () => (await prompts(home.path)).length === 2);
  const facts = await runJson<{ id: string; proof: string; sources: number; events: number }[]>(
    home.path,
    "agents",
  );
  assertEquals(
    facts.filter(({ id }) => id === "my-agent").map(({ proof, sources, events }) => [proof, sources, events]),
    [
      ["read", 1, 2],
    ],
  );

  home.configure(
    "{ type: /kind, types: { ask: llm_request, tell: llm_response }, timestamp: /at, prompt: /text, text: /text }",
  );
  await eventually(
    "what the new map finds",
    async () => (await query(home.path, "--type", "llm_response")).length === 1,
  );
  assertEquals(await prompts(home.path), ["one", "two"]);

  // It is described no longer: what was read stays, and all goes on.
  Deno.writeTextFileSync(join(home.path, ".devlog/config.yaml"), "sync: {}\n");
  const readAgain = () => running.output.stderr.split("the configuration was read again").length - 1;
  await eventually("the configuration without it", () => readAgain() === 2);
  home.write("ask", "four");
  await sync(home.path);
  assertEquals(await prompts(home.path), ["one", "two"]);
});

Deno.test("what no adapter could read is kept, and read when one can, though its file is gone", async () => {
  using home = new OwnHome();
  home.write("ask", "one");
  home.write("tell", "two");
  Deno.writeTextFileSync(home.log, "{ damaged\n", { append: true });
  home.write("tell", "three");
  await sync(home.path);
  const unread = async () => {
    const { sync } = await runJson<{ sync: { unreadRecords: number } }>(home.path, "status");
    return sync.unreadRecords;
  };
  assertEquals([await prompts(home.path), await unread()], [["one"], 3]);
  Deno.removeSync(home.log);
  home.configure(
    "{ type: /kind, types: { ask: llm_request, tell: llm_response }, timestamp: /at, prompt: /text, text: /text }",
  );
  for (let time = 0; time < 2; time++) {
    await sync(home.path);
    const events = await query(home.path, "--all");
    assertEquals(events.map(({ type }) => type), ["llm_request", "llm_response", "llm_response"]);
    // What is damaged stays.
    assertEquals(await unread(), 1);
  }
});
