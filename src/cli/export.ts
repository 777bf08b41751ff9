/**
 * `export`: delivers to remotes, shows how far they are, and what would be sent.
 *
 * @module
 */

import type { Config, RemoteConfig } from "../config/config.ts";
import type { StoragePaths } from "../config/paths.ts";
import { PROGRAM } from "../platform/program.ts";
import { suggest } from "../platform/suggest.ts";
import type { Command, Invocation } from "./command.ts";
import { EXIT, UsageError, UserError } from "./errors.ts";
import { formatBytes, formatCount } from "./format.ts";
import { jsonText } from "./json_text.ts";
import { withStore } from "./open_store.ts";
import { sanitize } from "./sanitize.ts";

const FORMATS = ["text", "json", "jsonl"] as const;
const ACTIONS = ["dead-letters"] as const;
const LETTER_ACTIONS = ["list", "show", "retry", "drop"] as const;

/** The command. */
export const command: Command = {
  name: "export",
  summary: "Deliver to remotes, and see what they have and would get",
  usage: "export [dead-letters list|show|retry|drop [ID]] [OPTIONS]",
  positionals: [
    {
      name: "ACTION",
      description: "dead-letters: events that a remote would not have",
      choices: ACTIONS,
      optional: true,
    },
    { name: "DO", description: "What to do with them", choices: LETTER_ACTIONS, optional: true },
    { name: "ID", description: "The id of one event; all if it is left out", optional: true },
  ],
  options: [
    {
      name: "remote",
      type: "string",
      placeholder: "NAME",
      description: "Deliver to this remote now, also one with auto_sync: false",
    },
    {
      name: "all",
      type: "boolean",
      description: "Also what the remote has had; one that tells events by their id keeps one of each",
    },
    {
      name: "dry-run",
      type: "boolean",
      description: "Send nothing; show what would be sent, and which secrets were replaced",
    },
    { name: "status", type: "boolean", description: "Show how far each remote is" },
    {
      name: "format",
      type: "choice",
      choices: FORMATS,
      default: "text",
      description: "How to print; `jsonl` without a remote prints all events to stdout",
    },
  ],
  examples: [
    { command: `${PROGRAM} export --remote team --dry-run`, description: "What would leave this machine" },
    {
      command: `${PROGRAM} export --remote team`,
      description: "Deliver what there is, then the prompt is back",
    },
    { command: `${PROGRAM} export --status`, description: "Delivered, pending, and what went wrong" },
    {
      command: `${PROGRAM} export dead-letters list`,
      description: "Events that a remote would not have, and why",
    },
    {
      command: `${PROGRAM} export --format jsonl | gzip > events.jsonl.gz`,
      description: "All events, one a line",
    },
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { options, positionals } = invocation;
  const name = options.text("remote");
  if (positionals[0] === "dead-letters") return await deadLetters(invocation);
  if (options.flag("status")) return await showStatus(invocation);
  if (name === undefined) {
    if (options.text("format") === "jsonl") return await printEvents(invocation);
    throw new UsageError(
      "export needs --remote NAME, --status, or --format jsonl",
      `See \`${PROGRAM} export --help\`.`,
    );
  }
  const { config, paths } = await load(invocation);
  const remote = findRemote(config, name);
  return options.flag("dry-run")
    ? await showDryRun(invocation, paths, name, remote)
    : await deliverNow(invocation, { config, paths, name });
}

async function load(
  { environment }: Invocation,
): Promise<{ readonly config: Config; readonly paths: StoragePaths }> {
  const { loadConfig } = await import("../config/load.ts");
  const { storagePaths } = await import("../config/paths.ts");
  const { config } = await loadConfig(undefined, environment);
  return { config, paths: storagePaths(config, environment) };
}

/** The configuration of a remote. @throws {UsageError} if there is none of that name */
export function findRemote(config: Config, name: string): RemoteConfig {
  const { remotes } = config.export;
  if (Object.hasOwn(remotes, name)) return remotes[name]!;
  const names = Object.keys(remotes);
  const meant = suggest(name, names);
  throw new UsageError(
    `there is no remote ${JSON.stringify(name)}`,
    meant !== undefined
      ? `Did you mean \`${meant}\`?`
      : names.length > 0
      ? `There are ${names.join(", ")}.`
      : `Add one: \`${PROGRAM} remote add --help\`.`,
  );
}

async function deliverNow(
  { options, terminal }: Invocation,
  { config, paths, name }: { readonly config: Config; readonly paths: StoragePaths; readonly name: string },
): Promise<number> {
  const { deliver } = await import("./deliver.ts");
  await withStore(paths.database, () => {});
  const delivery = await deliver(paths, config, { name, again: options.flag("all") });
  if (options.text("format") === "json") {
    terminal.out(`${jsonText({ remote: name, ...delivery }, 2)}\n`);
    return delivery.isComplete ? EXIT.done : EXIT.failed;
  }
  const { delivered, deferred, deadLetters, message, isComplete } = delivery;
  terminal.out(
    `${name}: ${formatCount(delivered)} events delivered${isComplete ? ", it has all there is" : ""}\n`,
  );
  if (deferred > 0) {
    terminal.out(
      `${formatCount(deferred)} events may still change; they are delivered when they have settled\n`,
    );
  }
  if (deadLetters > 0) {
    terminal.out(
      `${formatCount(deadLetters)} events were not taken: see \`${PROGRAM} export dead-letters list\`\n`,
    );
  }
  if (isComplete) return EXIT.done;
  throw new UserError(`${name} does not have all yet: ${sanitize(message ?? "")}`, {
    hint: "Nothing is lost: what is missing is delivered as soon as it can be.",
  });
}

async function showDryRun(
  { options, terminal }: Invocation,
  paths: StoragePaths,
  name: string,
  remote: RemoteConfig,
): Promise<number> {
  const { dryRun } = await import("../export/dry_run.ts");
  const { storeIdentity } = await import("../store/identity.ts");
  const { listRemotes } = await import("../store/remotes.ts");
  const { kindOf } = await import("../export/remotes.ts");
  const target = (await kindOf(remote)).target(remote);
  const found = await withStore(paths.database, async (reader) => {
    const known = listRemotes(reader).find((state) =>
      state.name === name && state.type === remote.type && state.target === target
    );
    const cursor = options.flag("all") ? 0 : known?.cursor ?? 0;
    return await dryRun(remote, { reader, secret: storeIdentity(reader).secret, cursor });
  });
  if (options.text("format") === "json") {
    terminal.out(`${jsonText({ remote: name, content: remote.content, ...found }, 2)}\n`);
    return EXIT.done;
  }
  const { events, types, heldBack, bytes, truncated, secrets, first } = found;
  const secretCount = Object.values(secrets).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${name} (${remote.type}, ${sanitize(target)}) would be sent ${formatCount(events)} events, ${
      formatBytes(bytes)
    }` +
    `, content: ${remote.content}`,
    ...Object.entries(types).map(([type, count]) => `  ${type}: ${formatCount(count)}`),
    ...(heldBack > 0 ? [`its filter keeps ${formatCount(heldBack)} events here`] : []),
    ...(truncated > 0
      ? [`${formatCount(truncated)} are larger than max_event_bytes and would be sent cut`]
      : []),
    `secrets replaced: ${formatCount(secretCount)}`,
    ...Object.entries(secrets).map(([rule, count]) => `  ${rule}: ${formatCount(count)}`),
    ...(first.length > 0 ? ["the first events as they would leave:"] : []),
    ...first.map((event) => jsonText(event)),
  ];
  terminal.out(`${lines.join("\n")}\n`);
  return EXIT.done;
}

async function showStatus({ options, terminal, environment }: Invocation): Promise<number> {
  const { findStore } = await import("./open_store.ts");
  const { readRemotes, renderRemotes } = await import("./remote_report.ts");
  const paths = await findStore(environment, terminal);
  const remotes = await readRemotes(environment, paths.database);
  if (options.text("format") === "json") terminal.out(`${jsonText({ remotes }, 2)}\n`);
  else terminal.out(renderRemotes(remotes, terminal, Date.now()));
  return EXIT.done;
}

async function printEvents({ terminal, environment }: Invocation): Promise<number> {
  const { findStore } = await import("./open_store.ts");
  const { queryEvents } = await import("../store/event_query.ts");
  const { database } = await findStore(environment, terminal);
  return await withStore(database, (reader) => {
    for (const event of queryEvents(reader, {})) terminal.out(`${jsonText(event)}\n`);
    return EXIT.done;
  });
}

async function deadLetters(invocation: Invocation): Promise<number> {
  const { options, terminal, positionals: [, action = "list", id] } = invocation;
  const { listDeadLetters, listRemotes } = await import("../store/remotes.ts");
  const { config, paths } = await load(invocation);
  const name = options.text("remote");
  const letters = await withStore(paths.database, (reader) => listDeadLetters(reader));
  const chosen = letters.filter((letter) =>
    (name === undefined || letter.remote === name) && (id === undefined || letter.eventId === id)
  );
  if (id !== undefined && chosen.length === 0) {
    throw new UserError(`no remote has a dead letter ${id}`, { exitCode: EXIT.wrongUsage });
  }
  if (action === "retry" || action === "drop") {
    const { change } = await import("./deliver.ts");
    const remotes = await withStore(
      paths.database,
      (reader) => listRemotes(reader).filter((remote) => name === undefined || remote.name === name),
    );
    const wish = {
      action,
      remotes: remotes.map((remote) => remote.id),
      ...(id !== undefined && { event: id }),
    } as const;
    const count = await change(paths, config, wish);
    terminal.out(`${formatCount(count)} ${action === "retry" ? "are sent again" : "dropped"}\n`);
    return EXIT.done;
  }
  if (options.text("format") === "json") {
    terminal.out(`${jsonText({ deadLetters: chosen }, 2)}\n`);
    return EXIT.done;
  }
  if (chosen.length === 0) {
    terminal.out("no dead letters\n");
    return EXIT.done;
  }
  const { renderDeadLetters } = await import("./remote_report.ts");
  terminal.out(renderDeadLetters(chosen, terminal, Date.now(), action === "show"));
  return EXIT.done;
}
