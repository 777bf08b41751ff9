/**
 * `remote`: adds, lists, tries and removes remotes.
 *
 * @module
 */

import { CONTENT_LEVELS, REMOTE_TYPES } from "../config/config.ts";
import { maskUrl } from "../config/secrets.ts";
import type { RemoteState } from "../store/remotes.ts";
import { PROGRAM } from "../platform/program.ts";
import type { Command, Invocation } from "./command.ts";
import { FORMAT_OPTION } from "./command.ts";
import { EXIT, UsageError, UserError } from "./errors.ts";
import { findRemote } from "./export.ts";
import { jsonText } from "./json_text.ts";
import { findStore, withStoreIfAny } from "./open_store.ts";
import { sanitize } from "./sanitize.ts";

const ACTIONS = { add, list, test: tryRemote, remove } as const;

/** How long a trial may take, ms. */
const TRIAL_TIME = 20_000;

/** The command. */
export const command: Command = {
  name: "remote",
  summary: "Add, list, try and remove remotes",
  usage: "remote add|list|test|remove [NAME] [OPTIONS]",
  positionals: [
    { name: "ACTION", description: "What to do", choices: Object.keys(ACTIONS) },
    { name: "NAME", description: "What the remote is called", optional: true },
  ],
  options: [
    { name: "type", type: "choice", choices: REMOTE_TYPES, description: "add: what it is" },
    {
      name: "url",
      type: "string",
      placeholder: "URL",
      description: "add: where it is; for a file, see --path",
    },
    {
      name: "path",
      type: "string",
      placeholder: "PATH",
      description: "add: the file of a remote of type file",
    },
    {
      name: "api-key-env",
      type: "string",
      placeholder: "NAME",
      description: "add: the environment variable with its key; the name begins with DEVLOG_",
    },
    {
      name: "content",
      type: "choice",
      choices: CONTENT_LEVELS,
      description: "add: how much of each event it gets",
    },
    { name: "workspace", type: "list", placeholder: "GLOB", description: "add: only these workspaces" },
    { name: "exclude", type: "list", placeholder: "GLOB", description: "add: not these workspaces" },
    { name: "agent", type: "list", placeholder: "ID", description: "add: only events of these agents" },
    { name: "manual", type: "boolean", description: "add: deliver only on `export --remote NAME`" },
    FORMAT_OPTION,
  ],
  examples: [
    {
      command:
        `${PROGRAM} remote add team --type devlog --url https://devlog.example.com --api-key-env DEVLOG_TEAM_KEY`,
      description: "Everything, secrets replaced, to the team's server",
    },
    {
      command: `${PROGRAM} remote add otel --type otlp --url http://localhost:4318`,
      description: "Numbers without content to an OpenTelemetry Collector",
    },
    {
      command: `${PROGRAM} remote add copy --type file --path ~/devlog.jsonl`,
      description: "A file of JSON Lines",
    },
    { command: `${PROGRAM} remote test team`, description: "Does it answer, and would it take events" },
    { command: `${PROGRAM} remote list`, description: "All remotes and how far they are" },
  ],
  async run(invocation) {
    return await ACTIONS[invocation.positionals[0] as keyof typeof ACTIONS](invocation);
  },
};

function nameOf({ positionals }: Invocation): string {
  const name = positionals[1];
  if (name === undefined) {
    throw new UsageError("the name of the remote is missing", `See \`${PROGRAM} remote --help\`.`);
  }
  return name;
}

async function loadRemotes({ environment }: Invocation) {
  const { loadConfig } = await import("../config/load.ts");
  return (await loadConfig(undefined, environment)).config;
}

async function add(invocation: Invocation): Promise<number> {
  const { options, terminal, environment } = invocation;
  const name = nameOf(invocation);
  const { remotes } = (await loadRemotes(invocation)).export;
  if (Object.hasOwn(remotes, name)) {
    throw new UsageError(
      `there is a remote ${name} already`,
      `Change it in config.yaml (\`${PROGRAM} config path\`), or remove it first.`,
    );
  }
  const type = options.choice("type", REMOTE_TYPES);
  if (type === undefined) {
    throw new UsageError("--type is missing", `It is one of ${REMOTE_TYPES.join(", ")}.`);
  }
  const place = type === "file" ? "path" : "url";
  if (options.text(place) === undefined) {
    throw new UsageError(`--${place} is missing`, `A ${type} remote has a ${place}.`);
  }
  const variable = options.text("api-key-env");
  const [include, exclude, agents] = [
    options.list("workspace"),
    options.list("exclude"),
    options.list("agent"),
  ];
  const { editRemote } = await import("../config/edit.ts");
  const path = await editRemote(name, {
    type,
    [place]: options.text(place),
    ...(variable !== undefined && { [type === "postgres" ? "password" : "api_key"]: `\${${variable}}` }),
    ...(options.text("content") !== undefined && { content: options.text("content") }),
    ...(options.flag("manual") && { auto_sync: false }),
    ...(include.length + exclude.length > 0 && { workspaces: { include, exclude } }),
    ...(agents.length > 0 && { agents }),
  }, environment);
  const config = findRemote(await loadRemotes(invocation), name);
  if (options.text("format") === "json") {
    terminal.out(`${jsonText({ name, path, content: config.content }, 2)}\n`);
    return EXIT.done;
  }
  terminal.out(`added ${name} to ${sanitize(path)}; it gets content: ${config.content}\n`);
  terminal.out(`see what would leave: ${PROGRAM} export --remote ${name} --dry-run\n`);
  const { isCollectorRunning } = await import("../service/lock.ts");
  const paths = await findStore(environment, terminal);
  terminal.out(
    !config.auto_sync
      ? `deliver: ${PROGRAM} export --remote ${name}\n`
      : isCollectorRunning(paths.lock)
      ? "the running collector delivers to it within seconds\n"
      : `delivery begins with ${PROGRAM} start\n`,
  );
  return EXIT.done;
}

async function list({ options, terminal, environment }: Invocation): Promise<number> {
  const { readRemotes, renderRemotes } = await import("./remote_report.ts");
  const { database } = await findStore(environment, terminal);
  const remotes = await readRemotes(environment, database);
  if (options.text("format") === "json") terminal.out(`${jsonText({ remotes }, 2)}\n`);
  else terminal.out(renderRemotes(remotes, terminal, Date.now()));
  return EXIT.done;
}

async function tryRemote(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const name = nameOf(invocation);
  const config = findRemote(await loadRemotes(invocation), name);
  const { kindOf } = await import("../export/remotes.ts");
  const { expandRemote } = await import("../export/secrets.ts");
  const kind = await kindOf(config);
  const connection = kind.connect(expandRemote(config));
  try {
    const trial = await connection.try(AbortSignal.timeout(TRIAL_TIME));
    if (options.text("format") === "json") {
      terminal.out(`${jsonText({ name, target: maskUrl(kind.target(config)), ...trial }, 2)}\n`);
      return trial.ok ? EXIT.done : EXIT.failed;
    }
    if (!trial.ok) throw new UserError(`${name}: ${sanitize(trial.message)}`);
    terminal.out(`${name}: ${sanitize(trial.message)}\n`);
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

async function remove(invocation: Invocation): Promise<number> {
  const { options, terminal, environment } = invocation;
  const name = nameOf(invocation);
  const config = await loadRemotes(invocation);
  const { editRemote } = await import("../config/edit.ts");
  const { listRemotes } = await import("../store/remotes.ts");
  const paths = await findStore(environment, terminal);
  const known = await withStoreIfAny<readonly RemoteState[]>(
    paths.database,
    (reader) => listRemotes(reader).filter((remote) => remote.name === name),
    [],
  );
  if (known.length === 0) findRemote(config, name);
  if (Object.hasOwn(config.export.remotes, name)) await editRemote(name, undefined, environment);
  if (known.length > 0) {
    const { change } = await import("./deliver.ts");
    const after = await loadRemotes(invocation);
    await change(paths, after, { action: "remove", remotes: known.map(({ id }) => id) });
  }
  const left = known.reduce((sum, { underWay, deadLetters }) => sum + underWay + deadLetters, 0);
  if (options.text("format") === "json") terminal.out(`${jsonText({ name, forgotten: left }, 2)}\n`);
  else terminal.out(`removed ${name}; the events stay here, and what it has stays there\n`);
  return EXIT.done;
}
