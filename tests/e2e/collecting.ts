/**
 * What tests of a running collector do again and again.
 *
 * @module
 */

import { join } from "node:path";
import { assertEquals } from "@std/assert";
import type { StatusFacts } from "../../src/cli/status_screen.ts";
import type { AgentEvent } from "../../src/events/event.ts";
import { run, spawn } from "./program.ts";
import type { RunningProgram } from "./running_program.ts";

/** The folder of the store in a home. */
export function dataFolder(home: string): string {
  return join(home, ".devlog", "data");
}

/** The store in a home. */
export function storePath(home: string): string {
  return join(dataFolder(home), "devlog.db");
}

/** Starts the collector and waits until all there is has been read. */
export async function startUpToDate(
  home: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const running = spawn(["start", ...args], { home, env });
  try {
    await running.line(/^up to date/);
    return running;
  } catch (error) {
    await running.kill();
    throw error;
  }
}

/** Runs `sync` and returns what it said. */
export async function sync(home: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(["sync", ...args], { home });
  assertEquals([code, stdout], [0, ""], stderr);
  return stderr;
}

/** What `status` says, for scripts. */
export async function statusOf(home: string): Promise<StatusFacts> {
  return await runJson(home, "status");
}

/** Runs a command that prints one JSON value. */
export async function runJson<T>(home: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await run([...args, "--format", "json"], { home });
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** All events, or those that options of `query` choose, as `query --format jsonl` prints them. */
export async function query(home: string, ...args: readonly string[]): Promise<readonly AgentEvent[]> {
  const limit = args.includes("--limit") ? [] : ["--limit", "1000000"];
  const { code, stdout, stderr } = await run(["query", "--format", "jsonl", ...limit, ...args], { home });
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The prompts of all events, sorted. */
export async function prompts(home: string): Promise<readonly string[]> {
  const requests = await query(home, "--type", "llm_request");
  return requests.map((event) => event.type === "llm_request" ? event.data.prompt : "").sort();
}
