import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Random } from "../../scripts/bench/home/random.ts";
import { jsonArray, postgresRemote } from "../../src/export/postgres.ts";
import type { Answer, Connection, OutgoingEvent } from "../../src/export/remote.ts";
import { eventually } from "../e2e/eventually.ts";
import { skipUnless } from "../skips.ts";
import { PostgresServer } from "./postgres_server.ts";
import { postgresConfig } from "./remote_config.ts";
import { sampleEvents, SENDER } from "./sample_events.ts";

const NO_SIGNAL = new AbortController().signal;
/** The client keeps timers of its own until it is closed. */
const CLIENT = { sanitizeOps: false, sanitizeResources: false };

async function send(connection: Connection, events: readonly OutgoingEvent[]): Promise<Answer> {
  const payload = await postgresRemote.encode(events, postgresConfig("postgres://x/y"), SENDER);
  return await connection.send({ id: crypto.randomUUID(), events: events.length, ...payload }, NO_SIGNAL);
}

Deno.test("jsonArray() replaces what PostgreSQL can't hold, and nothing else", () => {
  const array = (text: string) =>
    JSON.parse(jsonArray(new TextEncoder().encode(`${JSON.stringify({ text })}\n`)))[0].text;
  for (const text of ["a\u0000b", "a\\u0000b", "\\\u0000", "\ud800x", "\u{1f680}", "\\\\ud800", '"\\"']) {
    assertEquals(array(text), text.replaceAll("\u0000", "\ufffd").toWellFormed(), JSON.stringify(text));
  }
});

Deno.test({
  name:
    "a real PostgreSQL has each event once, in its highest revision, whoever wrote it and however often [needs postgres]",
  ...skipUnless("postgres"),
  ...CLIENT,
  fn: async (t) => {
    await using server = await PostgresServer.start();
    await t.step(
      "tables are made once by two that start at the same time, and hold what was sent",
      async () => {
        const all = [1, 2, 3].map(() => postgresRemote.connect(postgresConfig(server.url())));
        const events = sampleEvents(50);
        assertEquals(
          (await Promise.all(all.map((one) => send(one, events)))).map(({ kind }) => kind),
          Array(3).fill("accepted"),
        );
        assertEquals(await server.query("select count(*), count(distinct id) from devlog.events"), "50|50");
        assertEquals(await server.query("select version from devlog.schema_version"), "1");
        const row =
          "select type, agent, input_tokens, cost_usd, superseded, data->>'tool' from devlog.events";
        assertEquals(
          await server.query(`${row} where id = '00000000-0000-8000-8000-000000000002'`),
          "tool_use|claude-code|10|0.125|f|Tool",
        );
        assertEquals(await server.query("select sum(prompts) from devlog.sessions"), "5");
        assertEquals(await server.query("select count(*) > 0 from devlog.tokens_per_day"), "t");
        assertEquals(await server.query("select count(*) > 0 from devlog.tool_calls where is_error"), "t");
        for (const one of all) await one.close();
      },
    );

    await t.step("the highest revision wins, in any order, while others write and read", async () => {
      const random = new Random(7, 0, 0);
      const highest = new Map<string, number>();
      const writers = [1, 2, 3].map(() => postgresRemote.connect(postgresConfig(server.url())));
      const other = server.query(
        "create table notes (n int); insert into notes select generate_series(1, 20000); select count(*) from notes",
      );
      await Promise.all(writers.map(async (writer) => {
        for (let batch = 0; batch < 20; batch++) {
          const events = sampleEvents(40).filter(() => random.chance(0.6)).map((event) => {
            const revision = random.integer(4, 60);
            highest.set(event.id, Math.max(revision, highest.get(event.id) ?? 0));
            return { ...event, revision };
          });
          const shuffled = events.map((event) => ({ event, key: random.fraction() })).toSorted((a, b) =>
            a.key - b.key
          );
          const answer = await send(writer, shuffled.map(({ event }) => event));
          assertEquals(answer.kind, "accepted", JSON.stringify(answer));
        }
      }));
      await other;
      const held = await server.query(
        "select id, revision from devlog.events where revision > 3 order by id",
      );
      assertEquals(held.split("\n"), [...highest].map(([id, revision]) => `${id}|${revision}`).toSorted());
      for (const writer of writers) await writer.close();
    });

    await t.step("a server that is killed in the middle is delivered to when it is back", async () => {
      const connection = postgresRemote.connect(postgresConfig(server.url(), { schema: "killed" }));
      const events = sampleEvents(4_000);
      const first = send(connection, events);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await server.kill();
      const { kind } = await first;
      assert(kind === "unavailable" || kind === "accepted", kind);
      assertEquals((await send(connection, events)).kind, "unavailable");
      await server.resume();
      await eventually("it is taken", async () => {
        const answer = await send(connection, events);
        assert(answer.kind === "accepted", JSON.stringify(answer));
        return true;
      });
      assertEquals(await server.query("select count(*) from killed.events"), "4000");
      await connection.close();
    });

    await t.step("what is wrong is told in words, and is not the events' fault", async () => {
      await server.query("create role weak login");
      await server.query("create database locked allow_connections false");
      await server.query("revoke create on database postgres from public");
      for (
        const [url, kind, words] of [
          [server.url("weak"), "refused", "create"],
          [server.url("nobody"), "refused", "look at user and password"],
          [server.url("admin", "nothing"), "refused", "make the database"],
          ["postgres://a@127.0.0.1:9/x", "unavailable", "nothing listens there"],
          ["postgres://a@no-such-name.invalid/x", "unavailable", "(DNS)"],
        ] as const
      ) {
        const connection = postgresRemote.connect(postgresConfig(url, { schema: "weak" }));
        const answer = await send(connection, sampleEvents(1));
        assertEquals(answer.kind, kind, JSON.stringify(answer));
        assertStringIncludes("message" in answer ? answer.message : "", words);
        assertEquals((await connection.try(NO_SIGNAL)).ok, false);
        await connection.close();
      }
    });

    await t.step("an event that the table can't hold is that event's fault", async () => {
      const connection = postgresRemote.connect(postgresConfig(server.url()));
      const bad = { ...sampleEvents(1)[0]!, id: "no uuid" } as OutgoingEvent;
      assertEquals((await send(connection, [bad])).kind, "unacceptable");
      assertEquals((await send(connection, sampleEvents(1))).kind, "accepted");
      assertEquals((await connection.try(NO_SIGNAL)).ok, true);
      await connection.close();
    });

    await t.step("a schema of a newer version is used as it is", async () => {
      await server.query(
        "update devlog.schema_version set version = 99; alter table devlog.events add column later text",
      );
      const connection = postgresRemote.connect(postgresConfig(server.url()));
      const event = { ...sampleEvents(1)[0]!, revision: 500 };
      assertEquals((await send(connection, [event])).kind, "accepted");
      assertEquals(await server.query("select version from devlog.schema_version"), "99");
      await connection.close();
    });
  },
});
