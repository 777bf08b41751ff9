/**
 * The agents that keep their conversations in a database: what a fixture, made by SQLite from its statements, becomes is
 * written down in a golden file beside it, which people have read. `UPDATE_GOLDEN=1` writes it anew.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Agent } from "../../src/agents/agent.ts";
import { cursor } from "../../src/agents/cursor.ts";
import { goose } from "../../src/agents/goose.ts";
import { hermes } from "../../src/agents/hermes.ts";
import { openCode } from "../../src/agents/opencode.ts";
import { zed } from "../../src/agents/zed.ts";
import { AgentDatabase } from "./database_harness.ts";
import { checkEvent } from "./harness.ts";

/** A fixture of an agent. */
interface Kept {
  readonly agent: Agent;
  readonly fixture: string;
  /** Where the agent would have written it, below its root. */
  readonly path: string;
}

const KEPT: readonly Kept[] = [
  { agent: cursor, fixture: "state.sql", path: "state.vscdb" },
  { agent: openCode, fixture: "opencode.sql", path: "opencode.db" },
  { agent: goose, fixture: "sessions.sql", path: "sessions.db" },
  { agent: zed, fixture: "threads.sql", path: "threads.db" },
  { agent: hermes, fixture: "state.sql", path: "profiles/work/state.db" },
];

function fixtureUrl(agent: Agent, fixture: string): URL {
  return new URL(`../fixtures/${agent.id}/${fixture}`, import.meta.url);
}

async function statementsOf({ agent, fixture }: Kept): Promise<readonly string[]> {
  return (await Deno.readTextFile(fixtureUrl(agent, fixture))).split(/;\n/).filter((text) =>
    text.trim() !== ""
  );
}

/** The events as a golden file has them: how often one was told says nothing. */
function linesOf(database: AgentDatabase): readonly string[] {
  return database.told().map(({ complete: _, revision: __, ...event }) => JSON.stringify(event));
}

for (const kept of KEPT) {
  const { agent, fixture, path } = kept;

  Deno.test(`${agent.id} makes of ${fixture} what its golden file says, with the same ids`, async () => {
    using database = new AgentDatabase(agent, path);
    for (const statement of await statementsOf(kept)) database.database.exec(statement);
    await database.read();
    assertEquals(database.unknown, {});
    assert(database.events.size > 0);
    for (const event of database.told()) checkEvent(event);
    const found = linesOf(database);
    const golden = fixtureUrl(agent, fixture.replace(/\.sql$/, ".golden.jsonl"));
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(golden, found.join("\n") + "\n");
    const expected = (await Deno.readTextFile(golden)).trimEnd().split("\n");
    assertEquals(found.map((line) => JSON.parse(line)), expected.map((line) => JSON.parse(line)));
  });

  for (const mode of ["wal", "delete"]) {
    Deno.test(`${agent.id} makes the same of ${fixture} if it is read after each statement (${mode})`, async () => {
      using whole = new AgentDatabase(agent, path);
      using grown = new AgentDatabase(agent, path, { mode });
      for (const statement of await statementsOf(kept)) {
        whole.database.exec(statement);
        grown.database.exec(statement);
        await grown.read();
      }
      await whole.read();
      assertEquals(
        linesOf(grown).map((line) => JSON.parse(line)),
        linesOf(whole).map((line) => JSON.parse(line)),
      );
    });
  }

  Deno.test(`${agent.id} finds ${fixture} where the agent would have written it`, () => {
    assertEquals(agent.classify(path)?.format, "database");
    const folders = path.split("/").slice(0, -1);
    for (const depth of folders.keys()) {
      const folder = folders.slice(0, depth + 1).join("/");
      assert(agent.enters(folder), `it does not enter ${folder}`);
    }
  });
}
