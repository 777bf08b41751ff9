/**
 * Writes the table of agents into `docs/agents.md`, from the table in `src/agents/agents.ts`.
 *
 *     deno run -A scripts/agents_page.ts
 *
 * @module
 */

import type { Agent } from "../src/agents/agent.ts";
import { AGENTS } from "../src/agents/agents.ts";

const PAGE = new URL("../docs/agents.md", import.meta.url);

const BEGIN = "<!-- agents: made by scripts/agents_page.ts -->\n";
const END = "<!-- /agents -->\n";

/** So many folders are named; the others are counted. */
const NAMED = 2;

/** The page with its table made anew. `deno fmt` gives its columns their width. */
export function withTable(page: string, agents: readonly Agent[]): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error("docs/agents.md has no place for the table");
  }
  const rows = agents.map((agent) =>
    `| ${agent.name} | \`${agent.id}\` | ${agent.proof} | ${foldersOf(agent)} | ${agent.files} |\n`
  );
  const head = "| agent | id | proof | folders | files |\n| --- | --- | --- | --- | --- |\n";
  return `${before}${BEGIN}\n${head}${rows.join("")}\n${END}${after}`;
}

/** Where an agent is looked for on Linux, if nothing says otherwise. */
function foldersOf(agent: Agent): string {
  const { inWorkspaces } = agent;
  if (inWorkspaces !== undefined) {
    return `\`${
      [inWorkspaces.folder, ...inWorkspaces.names].filter((part) => part !== "").join("/")
    }\` in projects`;
  }
  const folders = agent.roots({ os: "linux", home: "~", get: () => undefined });
  const named = folders.slice(0, NAMED).map((folder) => `\`${folder}\``).join(", ");
  return folders.length > NAMED ? `${named}, and ${folders.length - NAMED} more` : named;
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withTable(await Deno.readTextFile(PAGE), AGENTS));
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE.pathname] })
    .output();
  if (!success) throw new Error("deno fmt failed");
}
