import { globError } from "../../src/platform/workspaces.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  COMPRESSIONS,
  type Config,
  CONTENT_LEVELS,
  INCLUDABLE,
  LOG_LEVELS,
} from "../../src/config/config.ts";
import { defaultConfig } from "../../src/config/load.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { printConfig } from "../../src/config/print.ts";
import { ConfigError, formatProblem } from "../../src/config/problems.ts";
import { EVENT_TYPES } from "../../src/events/event.ts";
import { CONFIG_TEMPLATE } from "../../src/config/template.ts";
import { MEANINGS } from "../../src/config/agent_map.ts";
import type { Environment } from "../../src/platform/environment.ts";

const ENVIRONMENT: Environment = { os: "linux", home: "/home/me", get: () => undefined };

function parse(text: string): Config {
  return parseConfig(text, "/home/me/.devlog/config.yaml", ENVIRONMENT);
}

function problemsOf(text: string): readonly string[] {
  const error = assertThrows(() => parse(text), ConfigError);
  return error.problems.map((problem) => formatProblem(error.path, problem));
}

for (
  const [what, text] of [["is empty", ""], ["is a comment", "# nothing\n"], [
    "has empty sections",
    "sync:\nagents:\n",
  ]]
) {
  Deno.test(`parseConfig() returns the defaults when the file ${what}`, () => {
    assertEquals(parse(text!), defaultConfig(ENVIRONMENT));
  });
}

Deno.test("parseConfig() reads every key", () => {
  assertEquals(
    parse(`
sync: { historical_sync: false, initial_sync_days: 0, background_sync: false, sync_batch_size: 7, workspaces: { include: ["~/work/**"], exclude: ["**/scratch/**"] } }
agents:
  claude-code: { enabled: false }
  codex:
  gemini: { paths: [~/gemini, /srv/gemini] }
  my-agent: { format: jsonl, paths: ["~/my-agent/logs/*.jsonl"], map: { type: llm_request, timestamp: /at, prompt: /text } }
storage: { path: ~/events, retention_days: 30 }
export:
  remotes:
    team:
      type: devlog
      url: https://devlog.example.com
      api_key: \${DEVLOG_TEAM_API_KEY}
      auto_sync: false
      sync_interval: 5m
      content: full
      include: [branch]
      workspaces: { include: ["~/work/**"] }
      agents: [codex]
      types: [llm_request]
      max_event_bytes: 4096
      headers: { X-Team: "\${DEVLOG_TEAM}" }
      ca_file: ~/ca.pem
      timeout: 10s
    otel: { type: otlp, url: "http://127.0.0.1:4318" }
    copy: { type: file, path: ~/events.jsonl, enabled: false }
dashboard: { enabled: true, port: 9000 }
logging: { level: debug }
`),
    {
      sync: {
        historical_sync: false,
        initial_sync_days: 0,
        background_sync: false,
        sync_batch_size: 7,
        workspaces: { include: ["/home/me/work/**"], exclude: ["**/scratch/**"] },
      },
      agents: {
        "claude-code": { enabled: false, paths: "auto" },
        codex: { enabled: true, paths: "auto" },
        gemini: { enabled: true, paths: ["/home/me/gemini", "/srv/gemini"] },
        "my-agent": {
          enabled: true,
          format: "jsonl",
          paths: ["/home/me/my-agent/logs/*.jsonl"],
          map: { type: "llm_request", types: {}, timestamp: "/at", prompt: "/text" },
        },
      },
      storage: { path: "/home/me/events", retention_days: 30 },
      export: {
        remotes: {
          team: {
            type: "devlog",
            enabled: true,
            auto_sync: false,
            sync_interval: 300_000,
            content: "full",
            include: ["branch"],
            workspaces: { include: ["/home/me/work/**"], exclude: [] },
            agents: ["codex"],
            types: ["llm_request"],
            max_event_bytes: 4096,
            headers: { "X-Team": "${DEVLOG_TEAM}" },
            ca_file: "/home/me/ca.pem",
            timeout: 10_000,
            url: "https://devlog.example.com",
            api_key: "${DEVLOG_TEAM_API_KEY}",
          },
          otel: {
            type: "otlp",
            enabled: true,
            auto_sync: true,
            sync_interval: 500,
            content: "none",
            include: [],
            workspaces: { include: [], exclude: [] },
            agents: [],
            types: [],
            max_event_bytes: 1_048_576,
            headers: {},
            timeout: 30_000,
            url: "http://127.0.0.1:4318",
          },
          copy: {
            type: "file",
            enabled: false,
            auto_sync: true,
            sync_interval: 500,
            content: "redacted",
            include: [],
            workspaces: { include: [], exclude: [] },
            agents: [],
            types: [],
            max_event_bytes: 1_048_576,
            max_file_bytes: 104_857_600,
            compress: "none",
            path: "/home/me/events.jsonl",
          },
        },
      },
      dashboard: { enabled: true, port: 9000 },
      logging: { level: "debug" },
    },
  );
});

/** Each text, and all that is said of it after `config.yaml:`. */
const MISTAKES: readonly (readonly [text: string, ...problems: string[]])[] = [
  [
    "sync:\n  initial_sync_days: ninety",
    '2:22 sync.initial_sync_days: expected an integer of at least 0, found "ninety"',
  ],
  [
    "sync:\n  initial_sync_days: -1",
    "2:22 sync.initial_sync_days: expected an integer of at least 0, found -1",
  ],
  [
    "sync:\n  initial_sync_days: 1.5",
    "2:22 sync.initial_sync_days: expected an integer of at least 0, found 1.5",
  ],
  [
    "sync:\n  initial_sync_days: .inf",
    "2:22 sync.initial_sync_days: expected an integer of at least 0, found Infinity",
  ],
  [
    "sync:\n  initial_sync_days:",
    "2:21 sync.initial_sync_days: expected an integer of at least 0, found nothing",
  ],
  ["sync: { sync_batch_size: 0 }", "1:26 sync.sync_batch_size: expected an integer from 1 to 10000, found 0"],
  ["sync: { historical_sync: yes }", '1:26 sync.historical_sync: expected true or false, found "yes"'],
  [
    "sync: { workspaces: { include: a } }",
    '1:32 sync.workspaces.include: expected a list of globs, found "a"',
  ],
  [
    'sync: { workspaces: { include: ["[a"] } }',
    '1:33 sync.workspaces.include[0]: is no glob: Missing closing: "]" - use "\\\\]" to match literal characters',
  ],
  ["sync: { workspaces: { include: [a, 3] } }", "1:36 sync.workspaces.include[1]: expected a glob, found 3"],
  ["sync: [1]", "1:7 sync: expected a mapping of keys, found a list"],
  ["sink: {}", '1:1 sink: unknown key; did you mean "sync"?'],
  ["__proto__: 1", "1:1 __proto__: unknown key; known are sync, agents, storage, export, dashboard, logging"],
  [
    "constructor: 1",
    "1:1 constructor: unknown key; known are sync, agents, storage, export, dashboard, logging",
  ],
  [
    "sync: { historical: true, frobnicate: 1 }",
    '1:9 sync.historical: unknown key; did you mean "historical_sync"?',
    "1:27 sync.frobnicate: unknown key; known are historical_sync, initial_sync_days, background_sync, " +
    "sync_batch_size, workspaces",
  ],
  ["- a", "1:1 expected a mapping of keys, found a list"],
  ["text", '1:1 expected a mapping of keys, found "text"'],
  [
    "agents: { Codex: {} }",
    '1:11 agents.Codex: expected an agent\'s id of lower-case letters, digits and hyphens, found "Codex"',
  ],
  [
    "agents: { constructor: {} }",
    '1:11 agents.constructor: expected an agent\'s id of lower-case letters, digits and hyphens, found "constructor"',
  ],
  [
    "agents: { a: { format: jsonl, paths: [/a], map: { type: /k, types: { prototype: ignore }, timestamp: /t } } }",
    '1:70 agents.a.map.types.prototype: expected a value that is no word of JavaScript\'s objects, found "prototype"',
  ],
  [
    "agents: { codex: { paths: all } }",
    '1:27 agents.codex.paths: expected auto or a list of paths, found "all"',
  ],
  [
    "agents: { codex: { paths: [logs] } }",
    '1:28 agents.codex.paths[0]: expected an absolute path or one below ~/, found "logs"',
  ],
  [
    "agents: { mine: { format: jsonl, paths: [/logs/], map: { type: llm_request, timestamp: /at } } }",
    "1:42 agents.mine.paths[0]: is a folder: add which files of it, such as *.jsonl, or **/*.jsonl below it",
  ],
  [
    "agents: { mine: { format: csv, paths: [/a] } }",
    "1:11 agents.mine.map.type: is missing",
    "1:11 agents.mine.map.timestamp: is missing",
    '1:27 agents.mine.format: expected one of jsonl, ndjson, found "csv"',
  ],
  [
    "agents: { mine: { format: jsonl, paths: [/a], map: { type: /k, types: { a: llm_requst }, timestamp: at, txt: /t } } }",
    "1:76 agents.mine.map.types.a: expected one of llm_request, llm_response, tool_use, file_read, file_write, " +
    "file_modify, command_execution, user_interaction, error_encountered, session_start, session_end, result, " +
    'ignore, found "llm_requst"; did you mean "llm_request"?',
    '1:101 agents.mine.map.timestamp: expected a JSON pointer such as /message/text, found "at"',
    '1:105 agents.mine.map.txt: unknown key; did you mean "text"?',
  ],
  ["storage: { path: data }", '1:18 storage.path: expected an absolute path or one below ~/, found "data"'],
  ["export: { remotes: { a: } }", "1:25 export.remotes.a: expected a mapping of keys, found nothing"],
  [
    "export: { remotes: { a: {} } }",
    "1:22 export.remotes.a.type: is missing; one of devlog, otlp, postgres, file",
  ],
  [
    "export: { remotes: { a: { type: oltp } } }",
    '1:33 export.remotes.a.type: expected one of devlog, otlp, postgres, file, found "oltp"; did you mean "otlp"?',
  ],
  ["export: { remotes: { a: { type: otlp } } }", "1:22 export.remotes.a.url: is missing"],
  [
    "export: { remotes: { a: { type: otlp, url: 'http://example.com' } } }",
    "1:44 export.remotes.a.url: expected an https URL (plain http is for this machine alone), found something else",
  ],
  [
    "export: { remotes: { a: { type: otlp, url: 'http://localhost.evil.com' } } }",
    "1:44 export.remotes.a.url: expected an https URL (plain http is for this machine alone), found something else",
  ],
  [
    "export: { remotes: { a: { type: postgres, url: 'https://me:secret@db' } } }",
    "1:48 export.remotes.a.url: expected a postgres:// URL, found something else",
  ],
  [
    "export: { remotes: { a: { type: file, path: /x, api_key: k } } }",
    "1:49 export.remotes.a.api_key: unknown key; known are type, enabled, auto_sync, sync_interval, content, include, " +
    "workspaces, agents, types, max_event_bytes, path, max_file_bytes, compress",
  ],
  [
    "export: { remotes: { a: { type: file, path: /x, sync_interval: 500 } } }",
    "1:64 export.remotes.a.sync_interval: expected a duration from 100ms to 1d, such as 500ms, 10s or 5m, found 500",
  ],
  [
    "export: { remotes: { a: { type: otlp, url: 'https://x', api_key: 12345 } } }",
    "1:66 export.remotes.a.api_key: expected a text, found something else",
  ],
  ["dashboard: { port: 70000 }", "1:20 dashboard.port: expected an integer from 1 to 65535, found 70000"],
  [
    "logging: { level: verbose }",
    '1:19 logging.level: expected one of debug, info, warn, error, found "verbose"',
  ],
  ["a: &x { dashboard: { port: 0 } }\nlogging: *y", "2:10 no anchor &y stands before this alias"],
  [
    "agents: { a: { format: jsonl, paths: [], map: &m { b: *m } } }",
    "1:55 the alias *m stands inside of what it names",
  ],
  [
    "x: &p 0\ndashboard: { port: *p }",
    "1:1 x: unknown key; known are sync, agents, storage, export, dashboard, logging",
    "2:20 dashboard.port: expected an integer from 1 to 65535, found 0",
  ],
  ["sync: !!js/function 'x'", "1:7 Unresolved tag: tag:yaml.org,2002:js/function"],
  ["sync: {}\nsync: {}", "2:1 Map keys must be unique"],
  ["sync:\n\tinitial_sync_days: 1", "2:1 Tabs are not allowed as indentation"],
  ["a: 1\n---\nb: 2", "2:1 Source contains multiple documents; please use YAML.parseAllDocuments()"],
];

for (const [text, ...problems] of MISTAKES) {
  Deno.test(`parseConfig() says what is wrong with ${JSON.stringify(text)}`, () => {
    assertEquals(problemsOf(text), problems.map((problem) => `config.yaml:${problem}`));
  });
}

Deno.test("parseConfig() refuses aliases that unfold into too much", () => {
  const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(", ")}]\n`;
  const bomb = "a: &a [x]\n" + level("b", "a") + level("c", "b") + level("d", "c") + level("e", "d");
  assertEquals(problemsOf(bomb), ["config.yaml:1:1 the aliases unfold into too much"]);
  assertEquals(problemsOf(`a: &a 1\nb: [${Array(200).fill("*a").join(", ")}]`), [
    "config.yaml:2:405 more than 100 aliases",
  ]);
});

Deno.test("parseConfig() refuses what is nested too deeply", () => {
  assertThrows(() => parse("[".repeat(100_000)), ConfigError);
  assertThrows(() => parse("[".repeat(5000) + "]".repeat(5000)), ConfigError);
});

Deno.test("parseConfig() names the mistakes in the order of the file", () => {
  const lines = problemsOf("logging: { level: x }\nsync: { sync_batch_size: 0 }\nfoo: 1").map((line) =>
    line.split(" ")[0]
  );
  assertEquals(lines, ["config.yaml:1:19", "config.yaml:2:26", "config.yaml:3:1"]);
});

Deno.test("the template says nothing as it is, and the defaults when it is uncommented", () => {
  assertEquals(parse(CONFIG_TEMPLATE), defaultConfig(ENVIRONMENT));
  const uncommented = parse(CONFIG_TEMPLATE.replace(/^#(?! \w)/gm, ""));
  assertEquals({ ...uncommented, agents: {}, export: { remotes: {} } }, defaultConfig(ENVIRONMENT));
  assertEquals(Object.keys(uncommented.agents), ["claude-code", "my-agent"]);
  assertEquals(Object.keys(uncommented.export.remotes), ["team"]);
});

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/).filter((text) => !(text in {}));
const path = fc.string({ minLength: 1, maxLength: 10 }).map((text) => `/${text}`).filter((text) =>
  !text.includes("\0")
);
const globs = fc.array(path, { maxLength: 2 });
const validGlobs = fc.array(path.filter((glob) => globError(glob) === undefined), { maxLength: 2 });
const workspaces = fc.record({ include: validGlobs, exclude: validGlobs });
const remoteBase = {
  enabled: fc.boolean(),
  auto_sync: fc.boolean(),
  sync_interval: fc.integer({ min: 100, max: 86_400_000 }),
  content: fc.constantFrom(...CONTENT_LEVELS),
  include: fc.uniqueArray(fc.constantFrom(...INCLUDABLE)),
  workspaces,
  agents: fc.array(name, { maxLength: 2 }),
  types: fc.uniqueArray(fc.constantFrom(...EVENT_TYPES)),
  max_event_bytes: fc.integer({ min: 1024, max: 1 << 24 }),
};
const remote = fc.oneof(
  fc.record({
    type: fc.constant("file" as const),
    ...remoteBase,
    path,
    max_file_bytes: fc.integer({ min: 4096 }),
    compress: fc.constantFrom(...COMPRESSIONS),
  }),
  fc.record({
    type: fc.constantFrom("devlog" as const, "otlp" as const),
    ...remoteBase,
    url: fc.webUrl({ validSchemes: ["https"] }),
    api_key: fc.constant("${KEY}"),
    headers: fc.dictionary(fc.constantFrom("X-Team", "Accept"), fc.constant("${TEAM}")),
    timeout: fc.integer({ min: 100, max: 86_400_000 }),
  }),
  fc.record({
    type: fc.constant("postgres" as const),
    ...remoteBase,
    url: fc.constant("postgres://db.example.com/events"),
    password: fc.constant("${PASSWORD}"),
    schema: fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/),
    timeout: fc.integer({ min: 100, max: 86_400_000 }),
  }),
);
const agent = fc.oneof(
  fc.record({ enabled: fc.boolean(), paths: fc.oneof(fc.constant("auto" as const), globs) }),
  fc.record({
    enabled: fc.boolean(),
    format: fc.constant("jsonl" as const),
    paths: globs.filter((paths) => paths.every((path) => !path.endsWith("/"))),
    map: fc.record({
      type: fc.constantFrom("llm_request", "/kind", "/a~1b/0"),
      types: fc.dictionary(
        fc.string().filter((key) => !(key in {}) && key !== "prototype"),
        fc.constantFrom(...MEANINGS),
      ),
      timestamp: fc.constant("/at"),
      text: fc.constant("/message/text"),
    }),
  }),
);
const config: fc.Arbitrary<Config> = fc.record({
  sync: fc.record({
    historical_sync: fc.boolean(),
    initial_sync_days: fc.nat(),
    background_sync: fc.boolean(),
    sync_batch_size: fc.integer({ min: 1, max: 10_000 }),
    workspaces,
  }),
  agents: fc.dictionary(name, agent, { maxKeys: 3 }),
  storage: fc.record({ path, retention_days: fc.nat() }),
  export: fc.record({ remotes: fc.dictionary(name, remote, { maxKeys: 3 }) }),
  dashboard: fc.record({ enabled: fc.boolean(), port: fc.integer({ min: 1, max: 65_535 }) }),
  logging: fc.record({ level: fc.constantFrom(...LOG_LEVELS) }),
});

Deno.test("parseConfig() reads what printConfig() writes", () => {
  fc.assert(fc.property(config, (config) => {
    assertEquals(JSON.parse(JSON.stringify(parse(printConfig(config)))), JSON.parse(JSON.stringify(config)));
  }));
});

Deno.test("parseConfig() names what it can't make a value of", () => {
  const error = assertThrows(() => parseConfig("? : &a\u0000", "config.yaml", ENVIRONMENT), ConfigError);
  assertStringIncludes(error.message, "Anchor must not contain");
});

Deno.test("parseConfig() gives a configuration or a ConfigError, whatever the text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "sync:",
      "agents:",
      "export:",
      "remotes:",
      "type: otlp",
      "url:",
      "&a",
      "*a",
      "<<:",
      "- ",
      "? ",
      ": ",
    ),
    fc.constantFrom(
      "\n",
      "\n  ",
      "\n\t",
      "{",
      "}",
      "[",
      "]",
      ",",
      "'",
      '"',
      "|",
      ">",
      "#",
      "---",
      "!!binary",
      "!x",
      "%",
    ),
    fc.constantFrom(
      "null",
      "~",
      "1",
      "0x1f",
      ".nan",
      "true",
      "2020-01-01",
      "__proto__:",
      "constructor:",
      "\0",
      "\ufeff",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (text) => {
      try {
        assertEquals(Object.keys(parse(text)), Object.keys(defaultConfig(ENVIRONMENT)));
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        assert(error.problems.length > 0);
        for (const { line, column, message } of error.problems) {
          assert(line >= 1 && line <= text.split("\n").length + 1 && column >= 1 && message !== "");
        }
      }
    }),
    { numRuns: 500 },
  );
});
