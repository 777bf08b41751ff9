import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AgentFacts } from "../../src/cli/agents.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, query, runJson, startUpToDate, statusOf, sync } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { temporaryHome } from "./program.ts";
import { skipUnless } from "../skips.ts";

const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const RUN = `\n# aider chat started at ${DAY} 10:00:00\n\n> Aider v0.86.2  \n\n`;
const FILE = ".aider.chat.history.md";

/** A project in which Claude Code worked once. */
function makeProject(home: string, number: number): string {
  const project = join(home, `project-${number}`);
  Deno.mkdirSync(project, { recursive: true });
  new ClaudeSession(home, number, { project }).turn(`claude ${number}`);
  return project;
}

function makeCrush(folder: string, id: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "crush.db"));
  database.exec(Deno.readTextFileSync(new URL("../fixtures/crush/crush.sql", import.meta.url)));
  // What all of them have would be one session.
  database.exec(`delete from messages where session_id like 'm2%';
    delete from sessions where parent_session_id is not null;
    update sessions set id = '${id}' where parent_session_id is null;
    update messages set session_id = '${id}' where session_id like 'aaaa%';
    update sessions set created_at = unixepoch() - 60, updated_at = unixepoch() - 60;
    update messages set created_at = unixepoch() - 60, updated_at = unixepoch() - 60`);
  database.close();
}

Deno.test("what agents write into projects is found in the workspaces of sessions, and where an agent lists them", async () => {
  using home = temporaryHome();
  const project = makeProject(home.path, 1);
  Deno.writeTextFileSync(join(project, FILE), `${RUN}#### from aider  \n`);
  makeCrush(join(project, ".crush"), "in-workspace");
  // No session of another agent was here.
  const listed = join(home.path, "listed", ".crush");
  makeCrush(listed, "listed");
  makeCrush(join(home.path, "unlisted", ".crush"), "unlisted");
  const registry = join(home.path, ".local", "share", "crush", "projects.json");
  Deno.mkdirSync(dirname(registry), { recursive: true });
  Deno.writeTextFileSync(
    registry,
    JSON.stringify({ projects: [{ path: dirname(listed), data_dir: listed }] }),
  );

  await sync(home.path);
  const found = await query(home.path, "--type", "session_start");
  const sessions = found.map((
    { agent, sessionId, workspace },
  ) => [agent, sessionId.replace(/^[0-9a-f]{8}-/, "").slice(0, 12), workspace]);
  assertEquals(sessions.filter(([agent]) => agent !== "claude-code").toSorted(), [
    ["aider", `${DAY}T1`, project],
    ["crush", "in-workspace", project],
    ["crush", "listed", dirname(listed)],
  ]);
  const facts = await runJson<AgentFacts[]>(home.path, "agents");
  const folders = facts.filter(({ inWorkspaces }) => inWorkspaces).map(({ id, folders }) => [
    id,
    // Which of them was found first depends on when the sessions were read.
    folders.map(({ path }) => path).toSorted(),
  ]);
  assertEquals(folders, [["aider", [project]], ["crush", [listed, join(project, ".crush")]], [
    "opencode-go",
    [],
  ]]);
});

Deno.test("what agents write into projects is followed as it comes, and found again at the next start", async () => {
  using home = temporaryHome();
  const project = makeProject(home.path, 1);
  const file = join(project, FILE);
  Deno.writeTextFileSync(file, `${RUN}#### one  \n`);
  {
    await using _running = await startUpToDate(home.path);
    assertEquals(await prompts(home.path), ["claude 1", "one"]);
    Deno.writeTextFileSync(file, "\nAn answer.\n\n#### two  \n", { append: true });
    await eventually("a line", async () => (await prompts(home.path)).includes("two"));
    const other = makeProject(home.path, 2);
    Deno.writeTextFileSync(join(other, FILE), `${RUN}#### three  \n`);
    await eventually("a project of a new session", async () => (await prompts(home.path)).includes("three"));
  }
  Deno.writeTextFileSync(file, "\n#### four  \n", { append: true });
  await using _again = await startUpToDate(home.path);
  await eventually("what came in between", async () => (await prompts(home.path)).includes("four"));
  assertEquals(await prompts(home.path), ["claude 1", "claude 2", "four", "one", "three", "two"]);
});

Deno.test("no link in a project is followed, and no file of another user is read", async () => {
  skipUnless("unix");
  using home = temporaryHome();
  const secret = join(home.path, "elsewhere");
  Deno.mkdirSync(secret);
  Deno.writeTextFileSync(join(secret, FILE), `${RUN}#### not for us  \n`);
  makeCrush(secret, "not-for-us");
  Deno.symlinkSync(join(secret, FILE), join(makeProject(home.path, 1), FILE));
  Deno.symlinkSync(secret, join(makeProject(home.path, 2), ".crush"));
  // The whole workspace is a link.
  const linked = join(home.path, "project-3");
  Deno.symlinkSync(secret, linked);
  new ClaudeSession(home.path, 3, { project: linked }).turn("claude 3");
  if (Deno.uid() === 0) {
    const file = join(makeProject(home.path, 4), FILE);
    Deno.writeTextFileSync(file, `${RUN}#### of another user  \n`);
    Deno.chownSync(file, 12345, null);
  }
  await sync(home.path);
  assertEquals((await prompts(home.path)).filter((prompt) => !prompt.startsWith("claude")), []);
  const { sync: { failures } } = await statusOf(home.path);
  assertEquals(failures, []);
});

Deno.test("Aider's files are found below a folder that the configuration names", async () => {
  using home = temporaryHome();
  const project = join(home.path, "src", "github.com", "ada", "shop");
  Deno.mkdirSync(join(project, "node_modules", "x"), { recursive: true });
  Deno.writeTextFileSync(join(project, FILE), `${RUN}#### of mine  \n`);
  Deno.writeTextFileSync(join(project, "node_modules", "x", FILE), `${RUN}#### of others  \n`);
  const config = join(home.path, ".devlog", "config.yaml");
  Deno.mkdirSync(dirname(config), { recursive: true });
  Deno.writeTextFileSync(config, "agents:\n  aider:\n    paths: [~/src]\n");
  await sync(home.path);
  assertEquals(await prompts(home.path), ["of mine"]);
});
