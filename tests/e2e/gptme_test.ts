import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { gptme } from "../../src/agents/gptme.ts";
import { readEnvironment } from "../../src/platform/environment.ts";
import { query, sync } from "./collecting.ts";
import { temporaryHome } from "./program.ts";

const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** A conversation in a home, with what gptme writes beside it. */
function converse(home: string, name: string, config?: string): void {
  const environment = readEnvironment((name) => name === "HOME" || name === "USERPROFILE" ? home : undefined);
  const [logs] = gptme.roots(environment);
  const path = join(logs!, name, "conversation.jsonl");
  Deno.mkdirSync(dirname(path), { recursive: true });
  const message = { role: "user", content: `from ${name}`, timestamp: `${DAY}T10:00:00.000000` };
  Deno.writeTextFileSync(path, `${JSON.stringify(message)}\n`);
  if (config !== undefined) Deno.writeTextFileSync(join(dirname(path), "config.toml"), config);
}

Deno.test("gptme's conversations are of the project that their configuration names, if that can be read", async () => {
  using home = temporaryHome();
  converse(home.path, "below-home", '[chat]\nmodel = "x"\nworkspace = "~/shop"\n\n[env]\nA = "b"\n');
  converse(home.path, "elsewhere", "[chat]\nworkspace = '/srv/shop'\n");
  converse(home.path, "half-written", '[chat]\nworkspace = "/srv/sh');
  converse(home.path, "without");
  await sync(home.path);
  const prompts = await query(home.path, "--agent", "gptme", "--type", "llm_request");
  assertEquals(
    Object.fromEntries(prompts.map(({ sessionId, workspace }) => [sessionId, workspace])),
    {
      "below-home": join(home.path, "shop"),
      elsewhere: "/srv/shop",
      "half-written": undefined,
      without: undefined,
    },
  );
});
