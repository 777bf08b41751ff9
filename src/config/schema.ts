/**
 * The schema of the configuration file.
 *
 * @module
 */

import * as v from "valibot";
import type { Environment } from "../platform/environment.ts";
import { globError } from "../platform/workspaces.ts";
import { expandHome, isAbsolute } from "../platform/paths.ts";
import {
  AGENT_DEFAULTS,
  type AgentConfig,
  COMPRESSIONS,
  type Config,
  CONTENT_LEVELS,
  CUSTOM_FORMATS,
  DEFAULTS,
  INCLUDABLE,
  type KnownAgentConfig,
  LOG_LEVELS,
  REMOTE_DEFAULTS,
  REMOTE_TYPES,
  type RemoteConfig,
  type RemoteType,
  type WorkspaceFilter,
} from "./config.ts";
import { EVENT_TYPES } from "../events/event.ts";
import { type AgentMap, isPointer, MAP_FIELDS, MEANINGS } from "./agent_map.ts";
import { parseDuration, printDuration } from "./duration.ts";
import { defaultStoragePath } from "./paths.ts";
import { hasReference } from "./secrets.ts";
import {
  BOOLEAN,
  choice,
  dictionary,
  expected,
  integer,
  isMapping,
  list,
  type Schema,
  section,
  text,
} from "./shape.ts";

/** Agents and remotes are named alike: it names a file too, also where case doesn't count. */
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** A header's name (RFC 9110, 5.6.2), but those that belong to the message. */
const HEADER =
  /^(?!(?:content-(?:length|type|encoding)|host|transfer-encoding|connection)$)[A-Za-z0-9!#$%&'*+.^_`|~-]+$/i;
const NAME_RULE = "of lower-case letters, digits and hyphens";

/** The schema for the given surroundings, which decide what `~` is and what an absolute path looks like. */
export function configSchema(environment: Environment): Schema<Config> {
  const { sync, storage, dashboard, logging } = DEFAULTS;
  const path = pathSchema(environment);
  const workspaces = workspacesSchema(environment);
  return section({
    sync: section({
      historical_sync: v.optional(BOOLEAN, sync.historical_sync),
      initial_sync_days: v.optional(integer(0), sync.initial_sync_days),
      background_sync: v.optional(BOOLEAN, sync.background_sync),
      sync_batch_size: v.optional(integer(1, 10_000), sync.sync_batch_size),
      workspaces,
    }),
    agents: dictionary(`an agent's id ${NAME_RULE}`, NAME, agentSchema(path, environment)),
    storage: section({
      path: v.optional(path, () => defaultStoragePath(environment)),
      retention_days: v.optional(integer(0), storage.retention_days),
    }),
    export: section({
      remotes: dictionary(`a remote's name ${NAME_RULE}`, NAME, remoteSchema(path, workspaces)),
    }),
    dashboard: section({
      enabled: v.optional(BOOLEAN, dashboard.enabled),
      port: v.optional(integer(1, 65_535), dashboard.port),
    }),
    logging: section({ level: v.optional(choice(LOG_LEVELS), logging.level) }),
  });
}

function pathSchema(environment: Environment): Schema<string> {
  return v.pipe(
    text(
      "an absolute path or one below ~/",
      (input) => !input.includes("\0") && isAbsolute(expandHome(input, environment), environment.os),
    ),
    v.transform((input) => expandHome(input, environment)),
  );
}

function workspacesSchema(environment: Environment): Schema<WorkspaceFilter> {
  const glob = v.pipe(
    text("a glob"),
    v.rawCheck<string>(({ dataset, addIssue }) => {
      const error = dataset.typed ? globError(dataset.value) : undefined;
      if (error !== undefined) addIssue({ message: `is no glob: ${error}` });
    }),
    v.transform((input) => expandHome(input, environment)),
  );
  const globs = v.optional(list("globs", glob), []);
  return section({ include: globs, exclude: globs });
}

/** Which field of a record becomes which field of an event. */
function mapSchema(): Schema<AgentMap> {
  const pointer = text("a JSON pointer such as /message/text", isPointer);
  const type = text(
    "a JSON pointer to what a record is, or an event type for all of them",
    (input) => isPointer(input) || (EVENT_TYPES as readonly string[]).includes(input),
  );
  const types = dictionary("a value that is no word of JavaScript's objects", /^[^]*$/, choice(MEANINGS));
  const fields = MAP_FIELDS.filter((name) => name !== "timestamp").map((name) => [name, v.optional(pointer)]);
  const entries = { ...Object.fromEntries(fields), type, types, timestamp: pointer };
  return section(entries) as unknown as Schema<AgentMap>;
}

/** An agent with a format is one that the user describes. */
function agentSchema(path: Schema<string>, { os }: Environment): Schema<AgentConfig> {
  const enabled = v.optional(BOOLEAN, AGENT_DEFAULTS.enabled);
  const paths = list("paths", path);
  const auto = v.literal("auto", expected("auto or a list of paths"));
  const autoOrPaths = v.lazy((input): Schema<KnownAgentConfig["paths"]> =>
    Array.isArray(input) ? paths : auto
  );
  const known = section({ enabled, paths: v.optional(autoOrPaths, AGENT_DEFAULTS.paths) });
  const folder = os === "windows" ? /[\\/]$/ : /\/$/;
  const file = v.pipe(
    path,
    v.rawCheck<string>(({ dataset, addIssue }) => {
      if (!dataset.typed || !folder.test(dataset.value)) return;
      addIssue({ message: "is a folder: add which files of it, such as *.jsonl, or **/*.jsonl below it" });
    }),
  );
  const custom = section({
    enabled,
    format: choice(CUSTOM_FORMATS),
    paths: list("paths", file),
    map: mapSchema(),
  });
  return v.lazy((input): Schema<AgentConfig> => isMapping(input) && "format" in input ? custom : known);
}

const DURATION: Schema<number> = v.pipe(
  text("a duration from 100ms to 1d, such as 500ms, 10s or 5m", (input) => {
    const ms = parseDuration(input);
    return ms !== undefined && ms >= 100 && ms <= 86_400_000;
  }),
  v.transform((input) => parseDuration(input)!),
);

/** The keys of a remote depend on its type. */
function remoteSchema(path: Schema<string>, workspaces: Schema<WorkspaceFilter>): Schema<RemoteConfig> {
  const common = <T extends RemoteType>(type: T) => ({
    type: v.literal(type),
    enabled: v.optional(BOOLEAN, REMOTE_DEFAULTS.enabled),
    auto_sync: v.optional(BOOLEAN, REMOTE_DEFAULTS.auto_sync),
    sync_interval: v.optional(DURATION, printDuration(REMOTE_DEFAULTS.sync_interval)),
    content: v.optional(choice(CONTENT_LEVELS), REMOTE_DEFAULTS.content[type]),
    include: v.optional(list("words", choice(INCLUDABLE)), [...REMOTE_DEFAULTS.include]),
    workspaces,
    agents: v.optional(
      list("agents", text(`an agent's id ${NAME_RULE}`, (input) => NAME.test(input))),
      [...REMOTE_DEFAULTS.agents],
    ),
    types: v.optional(list("types of events", choice(EVENT_TYPES)), [...REMOTE_DEFAULTS.types]),
    max_event_bytes: v.optional(integer(1024, 16 * 1024 * 1024), REMOTE_DEFAULTS.max_event_bytes),
  });
  const network = (url: Schema<string>) => ({
    url,
    ca_file: v.exactOptional(path),
    timeout: v.optional(DURATION, printDuration(REMOTE_DEFAULTS.timeout)),
  });
  const secret = v.exactOptional(text("a text", undefined, { secret: true }));
  const http = <T extends "devlog" | "otlp">(type: T) =>
    section({
      ...common(type),
      ...network(HTTP_URL),
      api_key: secret,
      headers: dictionary("the name of a header", HEADER, text("a text", undefined, { secret: true })),
      cert_file: v.exactOptional(path),
      key_file: v.exactOptional(path),
    });
  const schemas: { readonly [T in RemoteType]: Schema<RemoteConfig> } = {
    devlog: http("devlog"),
    otlp: http("otlp"),
    postgres: section({
      ...common("postgres"),
      ...network(POSTGRES_URL),
      password: secret,
      schema: v.optional(
        text("a name of lower-case letters, digits and _", (input) => /^[a-z_][a-z0-9_]{0,62}$/.test(input)),
        REMOTE_DEFAULTS.schema,
      ),
    }),
    file: section({
      ...common("file"),
      path,
      max_file_bytes: v.optional(integer(4096), REMOTE_DEFAULTS.max_file_bytes),
      compress: v.optional(choice(COMPRESSIONS), REMOTE_DEFAULTS.compress),
    }),
  };
  const untyped = v.looseObject(
    { type: choice(REMOTE_TYPES) },
    (issue) =>
      issue.expected === "Object"
        ? expected("a mapping of keys")(issue)
        : `is missing; one of ${REMOTE_TYPES.join(", ")}`,
  );
  return v.lazy((input) => {
    const type = isMapping(input) ? REMOTE_TYPES.find((type) => type === input.type) : undefined;
    return type === undefined ? v.pipe(untyped, v.never()) : schemas[type];
  });
}

/** A URL may name variables; what they make of it is seen when they are expanded. */
function urlSchema(what: string, accepts: (url: URL) => boolean): Schema<string> {
  return text(what, (input) => {
    if (hasReference(input)) return true;
    const url = URL.parse(input);
    return url !== null && accepts(url);
  }, { secret: true });
}

const HTTP_URL = urlSchema(
  "an https URL (plain http is for this machine alone)",
  ({ protocol, hostname }) =>
    protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)),
);

const POSTGRES_URL = urlSchema("a postgres:// URL", ({ protocol }) => /^postgres(ql)?:$/.test(protocol));
