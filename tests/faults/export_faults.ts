/**
 * Everything that a remote may do to a delivery, and a collector that is killed again and again meanwhile.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Random } from "../../scripts/bench/home/random.ts";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { query, storePath } from "../e2e/collecting.ts";
import { run, spawn, temporaryHome } from "../e2e/program.ts";
import { configureRemotes } from "../e2e/remotes.ts";
import { BadServer, type Exchange } from "../export/bad_server.ts";
import { DevlogServer } from "../export/devlog_server.ts";

/** A prompt that the server never takes. */
const POISON = "never this";
/** The longest life of a collector, ms. */
const LIFETIME = 1_200;
/** So many exports may fail after the fault has ended, each for a reason that is not the last one's. */
const MOST_EXPORTS = 12;

/** What a remote does while it is not well. */
export type Fault = (exchange: Exchange, server: DevlogServer) => Promise<void> | void;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const store = ({ request }: Exchange, server: DevlogServer) => server.take(request.headers, request.body);

/** The faults, by what they are called. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "ends the connection": ({ cut }) => cut(),
  "ends it after it has stored the batch": async (exchange, server) => {
    await store(exchange, server);
    exchange.cut();
  },
  "cuts its answer after it has stored the batch": async (exchange, server) => {
    await store(exchange, server);
    await exchange.write(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"accep',
    );
  },
  "says nothing": () => sleep(1_500),
  "answers a byte at a time": async ({ write }) => {
    for (const byte of "HTTP/1.1 200 OK\r\n") {
      if (!await write(byte)) return;
      await sleep(100);
    }
  },
  "answers without end": async ({ write }) => {
    await write("HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n");
    while (await write("x".repeat(1 << 16)));
  },
  "is busy": ({ answer }) => answer(503),
  "limits the rate, in seconds": ({ answer }) => answer(429, "{}", { "retry-after": "1" }),
  "limits the rate, until a date": ({ answer }) =>
    answer(429, "{}", { "retry-after": new Date(Date.now() + 1_000).toUTCString() }),
  "has a fault": ({ answer }) => answer(500),
  "wants less": async (exchange, server) => {
    if (exchange.request.body.length > 2_000) await exchange.answer(413);
    else await server.serve(exchange);
  },
  "does not know the key": ({ answer }) => answer(401),
  "does not know the path": ({ answer }) => answer(404),
  "redirects": ({ answer }) => answer(308, "", { location: "http://127.0.0.1:9/x" }),
  "refuses a batch for one of its events": async (exchange, server) => {
    const events = JSON.parse(new TextDecoder().decode(exchange.request.body));
    const index = events.findIndex(({ data }: { data: { prompt?: string } }) => data.prompt === POISON);
    if (index === -1) await server.serve(exchange);
    else await exchange.answer(400, JSON.stringify({ details: [{ field: `${index}.data`, message: "no" }] }));
  },
  "refuses a batch and does not say why": async (exchange, server) => {
    if (new TextDecoder().decode(exchange.request.body).includes(POISON)) await exchange.answer(422);
    else await server.serve(exchange);
  },
};

/** What came of one trial. */
export interface TrialCount {
  readonly kills: number;
  /** Events that came once more in a revision that was there. */
  readonly repeated: number;
}

/** Lets a collector deliver to a remote with a fault and be killed, ends the fault, and looks what the remote has. */
export async function tryFault(fault: Fault, seed: number, kills: number): Promise<TrialCount> {
  const random = new Random(seed, 0, 0xfa17);
  using home = temporaryHome();
  const session = new ClaudeSession(home.path, 1);
  for (let turn = 0; turn < 25; turn++) {
    session.turn(turn === 7 ? POISON : `prompt ${turn} ${"x".repeat(turn * 20)}`);
  }
  const devlog = new DevlogServer();
  devlog.refuses = ({ data }) =>
    (data as { prompt?: string }).prompt === POISON ? { code: "no", message: "never" } : undefined;
  let isWell = false;
  await using server = new BadServer((exchange) => {
    // Also while it is not well some get through, so that a delivery is killed in the midst of it.
    return isWell || random.chance(0.4) ? devlog.serve(exchange) : fault(exchange, devlog);
  });
  const remote = { type: "devlog", url: server.url, content: "full", timeout: "1s", sync_interval: "100ms" };
  configureRemotes(home.path, { team: remote }, { sync: { sync_batch_size: 1 + random.integer(0, 11) } });

  for (let kill = 0; kill < kills; kill++) {
    await using running = spawn(["start"], { home: home.path });
    await sleep(random.fraction() * LIFETIME);
    session.turn(`between ${kill}`);
    await sleep(random.fraction() * LIFETIME / 2);
    await running.kill();
    // A batch that is frozen is sent as it is, whatever the configuration says now.
    const batch = 1 + random.integer(0, 11);
    configureRemotes(home.path, { team: remote }, { sync: { sync_batch_size: batch } });
  }

  isWell = true;
  await run(["sync"], { home: home.path });
  let said = "";
  for (let attempt = 0;; attempt++) {
    const { code, stderr } = await run(["export", "--remote", "team"], { home: home.path });
    if (code === 0) break;
    said += stderr;
    if (attempt === MOST_EXPORTS) throw new Error(`it never had all: ${said}`);
  }
  await compare(home.path, devlog);
  return { kills, repeated: devlog.repeated };
}

/** The remote has exactly what the store routes to it, less what it refused and what has not settled. */
async function compare(home: string, devlog: DevlogServer): Promise<void> {
  const events = await query(home, "--all");
  const database = new DatabaseSync(storePath(home), { readOnly: true });
  const ids = (table: string) =>
    database.prepare(`select hex(event) as id from ${table}`).all().map(({ id }) =>
      dashed(String(id).toLowerCase())
    );
  const [deferred, dead] = [new Set(ids("deferred")), ids("dead_letters")];
  const underWay = database.prepare("select count(*) as count from batches").get()!.count;
  database.close();
  const poison = events.filter(({ data }) => (data as { prompt?: string }).prompt === POISON).map(({ id }) =>
    id
  );
  const wanted = events.filter(({ id }) => !deferred.has(id) && !poison.includes(id));
  const text = (all: Iterable<{ readonly id: string; readonly revision: number }>) =>
    [...all].map(({ id, revision }) => `${id} ${revision}`).sort();
  // What is deferred may be there in an earlier revision.
  const held = [...devlog.held.values()].filter(({ id }) => !deferred.has(id));
  assertEquals(text(held), text(wanted));
  assertEquals([dead, underWay], [poison, 0]);
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
