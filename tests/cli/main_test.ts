import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { program, run, temporaryHome } from "../e2e/program.ts";

const USAGE_ERRORS: readonly (readonly [args: string, stderr: string])[] = [
  ["stauts", 'error: unknown command "stauts"\nDid you mean `status`?\n'],
  ["frobnicate", 'error: unknown command "frobnicate"\nSee `devlog-collector --help`.\n'],
  ["constructor", 'error: unknown command "constructor"\nSee `devlog-collector --help`.\n'],
  ["--versoin", "error: unknown option --versoin\nDid you mean `--version`?\n"],
  ["help verson", 'error: unknown command "verson"\nDid you mean `version`?\n'],
  ["version --fromat json", "error: unknown option --fromat of `version`\nDid you mean `--format`?\n"],
  [
    "version --format",
    "error: option --format needs a value (text|json)\nSee `devlog-collector version --help`.\n",
  ],
  ["version --format xml", 'error: --format is one of text, json, not "xml"\n'],
  [
    "config",
    "error: `config` needs ACTION (init, show, path, validate)\nSee `devlog-collector config --help`.\n",
  ],
];

for (const [args, expected] of USAGE_ERRORS) {
  Deno.test(`the program ends with code 2 and says what to do when called with "${args}"`, async () => {
    using home = temporaryHome();
    const { code, stdout, stderr } = await run(args.split(" "), { home: home.path });
    assertEquals([code, stdout, stderr], [2, "", expected]);
  });
}

Deno.test("the program shows its help when called with no word, help, -h or --help", async () => {
  using home = temporaryHome();
  for (const args of [[], ["help"], ["-h"], ["--help"], ["help", "--help"]]) {
    const { code, stdout, stderr } = await run(args, { home: home.path });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^Collects .*\n\nUsage:\n {2}devlog-collector COMMAND \[OPTIONS\]\n/);
  }
});

Deno.test("a command shows its help when asked in any way, also beside mistakes", async () => {
  using home = temporaryHome();
  const { stdout: expected } = await run(["help", "config"], { home: home.path });
  assertStringIncludes(expected, "  devlog-collector config ACTION [OPTIONS]\n");
  for (const args of [["config", "--help"], ["config", "-h"], ["config", "--nope", "--help"]]) {
    const { code, stdout, stderr } = await run(args, { home: home.path });
    assertEquals([code, stdout, stderr], [0, expected, ""]);
  }
});

Deno.test("--version prints the version alone, version all that matters", async () => {
  using home = temporaryHome();
  assertEquals((await run(["--version"], { home: home.path })).stdout, `${denoJson.version}\n`);
  const { code, stdout } = await run(["version", "--format", "json"], { home: home.path });
  const versions = JSON.parse(stdout);
  assertEquals([code, versions.version, versions.os], [0, denoJson.version, Deno.build.os]);
  assertMatch(versions.sqlite, /^3\.\d+\.\d+$/);
  assertMatch(versions.deno, /^\d+\.\d+\.\d+$/);
});

Deno.test("help needs no home folder, and a command says so when there is none", async () => {
  using home = temporaryHome();
  const env = { HOME: "", USERPROFILE: "" };
  assertEquals((await run(["--help"], { home: home.path, env })).code, 0);
  const { code, stderr } = await run(["config", "path"], { home: home.path, env });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "error: no home folder is known: neither HOME nor USERPROFILE is set\n");
});

Deno.test("the program colours its help only when asked to in a pipe", async () => {
  using home = temporaryHome();
  const forced = await run(["--help"], { home: home.path, env: { FORCE_COLOR: "1" } });
  assertStringIncludes(forced.stdout, "\x1b[1mUsage:\x1b[22m");
  const refused = await run(["--help"], { home: home.path, env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
  assertEquals(refused.stdout.includes("\x1b"), false);
});

Deno.test("the program ends with code 0 and silently when nobody reads its output", async () => {
  using home = temporaryHome();
  const { command, prefixArgs } = program();
  const child = new Deno.Command(command, {
    args: [...prefixArgs, "--help"],
    env: { HOME: home.path, USERPROFILE: home.path },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // The pipe is closed before the program has started to write.
  await child.stdout.cancel();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [0, ""]);
});

Deno.test("config init writes a private file once, and never over one that exists", async () => {
  using home = temporaryHome();
  const path = join(home.path, ".devlog", "config.yaml");
  const first = await run(["config", "init"], { home: home.path });
  assertEquals([first.code, first.stdout, first.stderr], [0, `wrote ${path}\n`, ""]);
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    assertEquals(Deno.statSync(join(home.path, ".devlog")).mode! & 0o777, 0o700);
  }
  Deno.writeTextFileSync(path, "dashboard: { port: 9000 }\n");
  const second = await run(["config", "init"], { home: home.path });
  assertEquals([second.code, second.stdout], [1, ""]);
  assertStringIncludes(second.stderr, `error: ${path} already exists; it was left as it is\n`);
  assertEquals(Deno.readTextFileSync(path), "dashboard: { port: 9000 }\n");
});

Deno.test("config path says where the file is", async () => {
  using home = temporaryHome();
  const path = join(home.path, "other", "config.yaml");
  const env = { DEVLOG_HOME: join(home.path, "other") };
  assertEquals((await run(["config", "path"], { home: home.path, env })).stdout, `${path}\n`);
  const json = await run(["config", "path", "--format", "json"], { home: home.path, env });
  assertEquals(JSON.parse(json.stdout), { path });
});

Deno.test("config show prints what is in force and masks secrets", async () => {
  using home = temporaryHome();
  const path = join(home.path, "config.yaml");
  const env = { DEVLOG_HOME: home.path };
  const empty = await run(["config", "show"], { home: home.path, env });
  assertEquals([empty.code, empty.stderr], [0, ""]);
  assertMatch(
    empty.stdout,
    /^# all defaults: .*config\.yaml does not exist\nsync:\n {2}historical_sync: true\n/,
  );
  Deno.writeTextFileSync(
    path,
    "export: { remotes: { a: { type: postgres, url: 'postgres://me:pw123@db/x', password: key123 } } }\n",
  );
  for (const format of ["text", "json"]) {
    const { code, stdout } = await run(["config", "show", "--format", format], { home: home.path, env });
    assertEquals([code, /pw123|key123/.test(stdout)], [0, false]);
    assertStringIncludes(stdout, "postgres://********@db/x");
  }
  const { stdout } = await run(["config", "show", "--format", "json"], { home: home.path, env });
  const shown = JSON.parse(stdout);
  assertEquals([shown.path, shown.exists], [path, true]);
  assertEquals(shown.config.export.remotes.a.sync_interval, "500ms");
});

Deno.test("config validate prints every mistake and ends with code 2", async () => {
  using home = temporaryHome();
  const path = join(home.path, "config.yaml");
  const options = { home: home.path, env: { DEVLOG_HOME: home.path } };
  const missing = await run(["config", "validate"], options);
  assertEquals([missing.code, missing.stdout], [0, `${path} does not exist: all defaults are in force\n`]);
  Deno.writeTextFileSync(path, "sync: {}\n");
  const valid = await run(["config", "validate"], options);
  assertEquals([valid.code, valid.stdout], [0, `${path} is valid\n`]);
  Deno.writeTextFileSync(path, "sync:\n  initial_sync_days: ninety\nloging: {}\n");
  const wrong = await run(["config", "validate"], options);
  assertEquals([wrong.code, wrong.stderr], [2, ""]);
  assertEquals(
    wrong.stdout,
    'config.yaml:2:22 sync.initial_sync_days: expected an integer of at least 0, found "ninety"\n' +
      'config.yaml:3:1 loging: unknown key; did you mean "logging"?\n',
  );
  const json = await run(["config", "validate", "--format", "json"], options);
  assertEquals([json.code, JSON.parse(json.stdout).problems.length], [2, 2]);
});

Deno.test("a mistake in the configuration ends any command that needs it with code 2", async () => {
  using home = temporaryHome();
  Deno.writeTextFileSync(join(home.path, "config.yaml"), "sync: [\n");
  const { code, stdout, stderr } = await run(["config", "show"], {
    home: home.path,
    env: { DEVLOG_HOME: home.path },
  });
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^error: .* in the configuration .*config\.yaml\n {2}config\.yaml:\d+:\d+ /);
});
