/**
 * `config`: creates, shows and checks the configuration.
 *
 * @module
 */

import type { Environment } from "../platform/environment.ts";
import { PROGRAM } from "../platform/program.ts";
import { configPath, devlogHome } from "../config/paths.ts";
import { type Command, FORMAT_OPTION, type Invocation } from "./command.ts";
import { EXIT, UserError } from "./errors.ts";
import { jsonText } from "./json_text.ts";
import { sanitize } from "./sanitize.ts";
import type { Terminal } from "./terminal.ts";
import type { AgentTrial } from "./try_agents.ts";

const ACTIONS = {
  init: initConfig,
  show: showConfig,
  path: showPath,
  validate: validateConfig,
} as const;

/** The command. */
export const command: Command = {
  name: "config",
  summary: "Show, check or create the configuration",
  usage: "config ACTION [OPTIONS]",
  options: [FORMAT_OPTION],
  positionals: [{
    name: "ACTION",
    description:
      "Write a file with all defaults in comments, print what is in force, say where the file is, " +
      "or find every mistake in it",
    choices: Object.keys(ACTIONS),
  }],
  examples: [
    { command: `${PROGRAM} config init`, description: "Write a file to start from" },
    { command: `${PROGRAM} config validate`, description: "Find every mistake in it" },
    { command: `${PROGRAM} config show --format json`, description: "What is in force, secrets masked" },
  ],
  async run(invocation) {
    const action = invocation.positionals[0] as keyof typeof ACTIONS;
    return await ACTIONS[action](invocation);
  },
};

/** What came of trying the map of an agent on its newest file. */
async function renderTrial(trial: AgentTrial, terminal: Terminal): Promise<string> {
  const { renderEventLine } = await import("./event_line.ts");
  const { countOf } = await import("./format.ts");
  const { id, file, files, events, total, unread } = trial;
  if (file === undefined) return `\n${id}: no file is there yet\n`;
  const kinds = Object.entries(unread).map(([kind, records]) => `${countOf(records, "record")}: ${kind}`);
  return [
    "",
    sanitize(`${id}: ${countOf(files, "file")}; the newest is ${file}`),
    ...events.map((event) => renderEventLine(event, terminal)),
    ...total > events.length ? [`and ${countOf(total - events.length, "more event")}`] : [],
    ...total === 0 ? [terminal.colour.yellow("no event was made of it")] : [],
    ...kinds.length > 0 ? [terminal.colour.yellow(sanitize(`not understood: ${kinds.join(", ")}`))] : [],
    "",
  ].join("\n");
}

function wantsJson({ options }: Invocation): boolean {
  return options.text("format") === "json";
}

async function initConfig(invocation: Invocation): Promise<number> {
  const { environment, terminal } = invocation;
  const path = configPath(environment);
  const { CONFIG_TEMPLATE } = await import("../config/template.ts");
  await createPrivateFile(path, CONFIG_TEMPLATE, environment);
  terminal.out(wantsJson(invocation) ? `${jsonText({ path })}\n` : `wrote ${sanitize(path)}\n`);
  return EXIT.done;
}

/** Writes a file that only this user can read, in a folder of the same kind. One that exists is left alone. */
async function createPrivateFile(path: string, text: string, environment: Environment): Promise<void> {
  await Deno.mkdir(devlogHome(environment), { recursive: true, mode: 0o700 });
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
    throw new UserError(`${path} already exists; it was left as it is`, {
      hint: `Edit it, or move it away to start anew. See what is in force with \`${PROGRAM} config show\`.`,
      cause,
    });
  }
}

async function showConfig(invocation: Invocation): Promise<number> {
  const { loadConfig } = await import("../config/load.ts");
  const { printableConfig, printConfig } = await import("../config/print.ts");
  const { config, path, exists, notes, oldPath } = await loadConfig(undefined, invocation.environment);
  const { terminal } = invocation;
  if (wantsJson(invocation)) {
    terminal.out(`${jsonText({ path, exists, oldPath, notes, config: printableConfig(config) })}\n`);
    return EXIT.done;
  }
  const origin = exists ? `# from ${path}` : `# all defaults: ${path} does not exist`;
  terminal.out(`${terminal.colour.dim(sanitize(origin))}\n`);
  if (oldPath !== undefined) {
    terminal.out(`${terminal.colour.dim(sanitize(`# the remote "default" is from ${oldPath}`))}\n`);
  }
  for (const note of notes) terminal.err(`${sanitize(note)}\n`);
  terminal.out(sanitize(printConfig(config), { lines: true }));
  return EXIT.done;
}

function showPath(invocation: Invocation): Promise<number> {
  const path = configPath(invocation.environment);
  invocation.terminal.out(`${wantsJson(invocation) ? jsonText({ path }) : sanitize(path)}\n`);
  return Promise.resolve(EXIT.done);
}

async function validateConfig(invocation: Invocation): Promise<number> {
  const { loadConfig } = await import("../config/load.ts");
  const { ConfigError, formatProblem } = await import("../config/problems.ts");
  const { terminal, environment } = invocation;
  const json = wantsJson(invocation);
  try {
    const { config, path, exists, notes } = await loadConfig(undefined, environment);
    for (const note of notes) terminal.err(`${sanitize(note)}\n`);
    const describesAgents = Object.values(config.agents).some((agent) => "format" in agent);
    const agents = describesAgents
      ? await (await import("./try_agents.ts")).tryOwnAgents(config, environment)
      : [];
    if (json) {
      terminal.out(`${jsonText({ path, exists, problems: [], ...agents.length > 0 && { agents } })}\n`);
      return EXIT.done;
    }
    terminal.out(
      sanitize(exists ? `${path} is valid` : `${path} does not exist: all defaults are in force`) + "\n",
    );
    for (const trial of agents) terminal.out(await renderTrial(trial, terminal));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { path, problems } = error;
    if (json) terminal.out(`${jsonText({ path, exists: true, problems })}\n`);
    else for (const problem of problems) terminal.out(`${sanitize(formatProblem(path, problem))}\n`);
    return error.exitCode;
  }
}
