/**
 * The history of three agents that grows, is deleted, and is collected by starts that want now this of it and now that.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { copilot } from "../../src/agents/copilot.ts";
import { DEFAULTS, type WorkspaceFilter } from "../../src/config/config.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { workspaceMatcher } from "../../src/platform/workspaces.ts";
import { queryEvents } from "../../src/store/event_query.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { Collector } from "../../src/sync/collector.ts";
import { request, session } from "../agents/copilot/sessions.ts";
import { age, ClaudeSession, CodexSession, type Session } from "../e2e/agent_homes.ts";
import { temporaryFolder } from "./home.ts";

const DAY = 86_400_000;
/** The projects that sessions are of; a Copilot session of the last is of none. */
const PROJECTS = ["/work/a", "/work/b", "/home/ada/c"] as const;
const AGENTS = ["claude-code", "codex", "github-copilot"] as const;

/** What a start wants. */
export interface Scope {
  /** How many days of history; 0 for all, "none" for `--no-history`. */
  readonly days: number | "none";
  readonly workspaces: WorkspaceFilter;
}

/** Everything. */
export const ALL: Scope = { days: 0, workspaces: { include: [], exclude: [] } };

/** One thing that happens. */
export type Step =
  | { readonly does: "turn"; readonly session: number }
  | { readonly does: "delete"; readonly session: number }
  | { readonly does: "start"; readonly scope: Scope };

const globs = fc.uniqueArray(fc.constantFrom("/work/**", "/work/a", "**/c", "/work/b"), { maxLength: 2 });
const scopes: fc.Arbitrary<Scope> = fc.record({
  days: fc.constantFrom<Scope["days"]>(0, 30, 90, 365, "none"),
  workspaces: fc.oneof(
    fc.constant(ALL.workspaces),
    fc.record({ include: globs, exclude: globs }),
  ),
});

/** Steps of all kinds. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ does: fc.constant("turn" as const), session: fc.nat(8) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("delete" as const), session: fc.nat(8) }) },
    { weight: 4, arbitrary: fc.record({ does: fc.constant("start" as const), scope: scopes }) },
  ),
  { minLength: 2, maxLength: 14 },
);

/** A chat of Copilot: written anew at each turn. */
class CopilotSession implements Session {
  readonly path: string;
  readonly id: string;
  readonly #requests: ReturnType<typeof request>[] = [];
  readonly #began: number;
  #at: number;

  constructor(home: string, number: number, project: string, at: number) {
    this.#began = at;
    const root = copilot.roots(environmentOf(home))[0]!;
    this.id = `session-${number}`;
    this.#at = at;
    this.path = join(root, `window-${number}`, "chatSessions", `${this.id}.json`);
    Deno.mkdirSync(dirname(this.path), { recursive: true });
    if (project !== PROJECTS[2]) {
      Deno.writeTextFileSync(
        join(root, `window-${number}`, "workspace.json"),
        JSON.stringify({ folder: `file://${project}` }),
      );
    }
  }

  turn(prompt: string): this {
    this.#requests.push(
      request(`${this.id}-${this.#requests.length}`, this.#at += 1000, {
        message: prompt,
        promptTokens: 10,
        completionTokens: 3,
      }),
    );
    return this.raw(
      JSON.stringify(session(this.#requests, { sessionId: this.id, creationDate: this.#began })),
    );
  }

  raw(text: string): this {
    Deno.writeTextFileSync(this.path, text);
    return this;
  }
}

function environmentOf(home: string): Environment {
  return { os: Deno.build.os === "windows" ? "windows" : "linux", home, get: () => undefined };
}

/** What must not differ between a store that was filled bit by bit and one that was filled at once. */
function told({ id, type, timestamp, sessionId, workspace, model, data, metrics }: AgentEvent): string {
  return JSON.stringify({ id, type, timestamp, sessionId, workspace, model, data, metrics });
}

/** Runs the steps, holding the store against the files after each start, and at the end against a full read. */
export async function runScopes(steps: readonly Step[]): Promise<void> {
  using folder = temporaryFolder();
  const home = folder.path;
  const sessions: (Session | undefined)[] = Array.from({ length: 9 }, (_, number) => {
    const [agent, project] = [AGENTS[number % 3]!, PROJECTS[Math.floor(number / 3)]!];
    // One of today, one of two months ago, one of half a year ago; each grows today.
    const at = Date.now() - [0.01, 60, 180][(number + Math.floor(number / 3)) % 3]! * DAY;
    const made = agent === "claude-code"
      ? new ClaudeSession(home, number, { project, at })
      : agent === "codex"
      ? new CodexSession(home, number, { project, at })
      : new CopilotSession(home, number, project, at);
    made.turn(`first of ${number}`);
    age(made.path, (Date.now() - at) / DAY);
    return made;
  });
  /** Events that were there, and wanted, at some start: they stay for ever. */
  const kept = new Set<string>();
  const asked: Scope[] = [];
  let turns = 0;

  const start = async (scope: Scope) => {
    const startedAt = Date.now();
    await collect(home, "store", scope);
    asked.push(scope);
    await collect(home, `full-${asked.length}`, ALL);
    const full = eventsOf(home, `full-${asked.length}`);
    const stored = eventsOf(home, "store");
    const wants = workspaceMatcher(scope.workspaces, "linux");
    const floor = scope.days === "none" ? startedAt : scope.days === 0 ? 0 : startedAt - scope.days * DAY;
    for (const [text, event] of full) {
      if (event.timestamp >= floor && wants(event.workspace)) kept.add(text);
    }
    assertEquals([...kept].filter((text) => !stored.has(text)), [], "what is wanted, or was, is missing");
    const isForeign = ({ workspace }: AgentEvent) =>
      !asked.some((scope) => workspaceMatcher(scope.workspaces, "linux")(workspace));
    assertEquals([...stored.values()].filter(isForeign), [], "what nobody asked for is stored");
    return full;
  };
  for (const step of steps) {
    const current = step.does === "start" ? undefined : sessions[step.session];
    if (step.does === "start") await start(step.scope);
    else if (current === undefined) continue;
    else if (step.does === "turn") current.turn(`turn ${++turns}`);
    else {
      Deno.removeSync(current.path);
      sessions[step.session] = undefined;
    }
  }
  const full = await start(ALL);
  const stored = eventsOf(home, "store");
  assertEquals([...full.keys()].filter((text) => !stored.has(text)), [], "not equal to one full read");
  const ids = [...stored.values()].map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
}

async function collect(home: string, store: string, { days, workspaces }: Scope): Promise<void> {
  const now = Date.now();
  Deno.mkdirSync(`${home}/${store}`, { recursive: true });
  await new Collector({
    environment: environmentOf(home),
    config: DEFAULTS,
    storePath: `${home}/${store}/devlog.db`,
    infoPath: `${home}/${store}/collector.json`,
    version: "0.0.0",
    startedBy: "sync",
    collectFrom: days === "none" ? now : days === 0 ? 0 : now - days * DAY,
    workspaces,
    once: true,
    reloadConfig: () => Promise.resolve(undefined),
    diskTrouble: () => Promise.resolve(undefined),
    report: { progress: () => {}, upToDate: () => {}, note: () => {} },
  }).run();
}

function eventsOf(home: string, store: string): Map<string, AgentEvent> {
  using reader = StoreReader.open(`${home}/${store}/devlog.db`);
  return new Map([...queryEvents(reader, {})].map((event) => [told(event), event]));
}
