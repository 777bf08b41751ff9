import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { BadServer } from "../export/bad_server.ts";
import { makeCertificate } from "../export/certificate.ts";
import { DevlogServer } from "../export/devlog_server.ts";
import { skipUnless } from "../skips.ts";
import { age, ClaudeSession, CodexSession, type Session } from "./agent_homes.ts";
import { query, startUpToDate } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { run, temporaryHome } from "./program.ts";
import { configureRemotes } from "./remotes.ts";

const KEY = "key-of-the-team-1";

/** A session that has not been written for so long that nothing of it waits. */
function settled<T extends Session>(session: T): T {
  age(session.path, 1);
  return session;
}

/** What a server must hold of a home: each event in its latest revision. */
async function expected(home: string): Promise<readonly string[]> {
  return (await query(home)).map(({ id, revision }) => `${id} ${revision}`).sort();
}

function held(server: DevlogServer): readonly string[] {
  return [...server.held.values()].map(({ id, revision }) => `${id} ${revision}`).sort();
}

Deno.test("start delivers all of history, then each line as it comes, and the key stays hidden", async () => {
  using home = temporaryHome();
  const session = settled(new ClaudeSession(home.path, 1).turn("first").turn("second"));
  settled(new CodexSession(home.path, 2).turn("of codex"));
  const devlog = new DevlogServer();
  await using server = new BadServer((exchange) => devlog.serve(exchange));
  configureRemotes(home.path, {
    team: { type: "devlog", url: server.url, api_key: "${DEVLOG_TEAM_KEY}", content: "full" },
  });
  const env = { DEVLOG_TEAM_KEY: KEY };
  {
    await using running = await startUpToDate(home.path, [], env);
    const all = await expected(home.path);
    await eventually("history at the server", () => devlog.held.size === all.length);
    assertEquals(held(devlog), all);
    assertEquals(server.requests[0]!.headers.get("authorization"), `Bearer ${KEY}`);

    for (const prompt of ["third", "fourth", "fifth"]) {
      session.turn(prompt);
      await eventually(
        `${prompt} at the server`,
        () => [...devlog.held.values()].some(({ data }) => (data as { prompt?: string }).prompt === prompt),
      );
    }

    const status = await run(["export", "--status", "--format", "json"], { home: home.path, env });
    const [remote] = JSON.parse(status.stdout).remotes;
    assertEquals([remote.name, remote.state, remote.pending, remote.deadLetters], ["team", "open", 0, 0]);
    const outputs = [running.output.stdout, running.output.stderr, status.stdout];
    for (const text of outputs) assert(!text.includes(KEY));
  }
  // The last answer may still grow, and waits.
  const all = await expected(home.path);
  assertEquals(held(devlog), all.filter((event) => devlog.held.has(event.split(" ")[0]!)));
  assertEquals([all.length - devlog.held.size, devlog.repeated], [1, 0]);
});

Deno.test("a remote that is added while it runs gets the past, and one that is down holds up nobody", async () => {
  using home = temporaryHome();
  const session = settled(new ClaudeSession(home.path, 1).turn("before"));
  const devlog = new DevlogServer();
  await using server = new BadServer((exchange) => devlog.serve(exchange));
  await using down = new BadServer(({ answer }) => answer(503, "{}", { "retry-after": "0" }));
  configureRemotes(home.path, { down: { type: "otlp", url: down.url } });
  await using running = await startUpToDate(home.path);
  const added = await run(
    ["remote", "add", "team", "--type", "devlog", "--url", server.url, "--content", "full"],
    { home: home.path },
  );
  assertEquals(added.code, 0, added.stderr);
  assertStringIncludes(added.stdout, "the running collector delivers to it");
  await eventually("the past at the server", () => devlog.held.size === 3);
  session.turn("after");
  await eventually("the new line at the server", () => devlog.held.size === 4);
  const listed = await run(["remote", "list"], { home: home.path });
  assertMatch(listed.stdout, /down +otlp/);
  assertStringIncludes(listed.stdout, "HTTP 503");
  const other = await run(["remote", "test", "down"], { home: home.path });
  assertEquals(other.code, 1);
  assertStringIncludes(other.stderr, "503");

  const removed = await run(["remote", "remove", "down"], { home: home.path });
  assertEquals(removed.code, 0, removed.stderr);
  const left = await run(["export", "--status", "--format", "json"], { home: home.path });
  assertEquals(JSON.parse(left.stdout).remotes.map(({ name }: { name: string }) => name), ["team"]);
  running.signal("SIGTERM");
  assertEquals((await running.end()).code, 0);
});

for (const isRunning of [false, true]) {
  const beside = isRunning ? "beside a running collector" : "without a collector";
  Deno.test(`export delivers what a manual remote is to have, ${beside}`, async () => {
    using home = temporaryHome();
    settled(new ClaudeSession(home.path, 1).turn("one").turn("two"));
    const path = join(home.path, "copy.jsonl");
    const wanted = { type: "file", path, auto_sync: false, content: "full", types: ["llm_request"] };
    configureRemotes(home.path, { copy: wanted });
    const running = isRunning ? await startUpToDate(home.path) : undefined;
    await using _ = running;
    if (!isRunning) await run(["sync"], { home: home.path });
    const lines = () => Deno.readTextFileSync(path).split("\n").slice(0, -1).map((line) => JSON.parse(line));

    const dry = await run(["export", "--remote", "copy", "--dry-run", "--format", "json"], {
      home: home.path,
    });
    const { events, heldBack, types, first } = JSON.parse(dry.stdout);
    assertEquals([events, heldBack, types, first.length], [2, 3, { llm_request: 2 }, 2]);

    const [once, twice] = await Promise.all(
      [0, 1].map(() => run(["export", "--remote", "copy", "--format", "json"], { home: home.path })),
    );
    for (const { code, stderr } of [once!, twice!]) assertEquals(code, 0, stderr);
    assertEquals(lines().map(({ data }) => data.prompt), ["one", "two"]);
    const again = await run(["export", "--remote", "copy"], { home: home.path });
    assertEquals(again.stdout, "copy: 0 events delivered, it has all there is\n");

    // A filter that lets more through sends what was held back.
    configureRemotes(home.path, { copy: { ...wanted, types: [] } });
    const wider = await run(["export", "--remote", "copy", "--format", "json"], { home: home.path });
    assertEquals(JSON.parse(wider.stdout), {
      remote: "copy",
      isComplete: true,
      delivered: 3,
      deferred: 0,
      deadLetters: 0,
    });
    assertEquals(
      lines().map(({ id }) => id).toSorted(),
      (await query(home.path)).map(({ id }) => id).toSorted(),
    );
  });
}

Deno.test("export shows, sends again and drops what a remote would not have", async () => {
  using home = temporaryHome();
  settled(new ClaudeSession(home.path, 1).turn("one").turn("bad").turn("three"));
  await run(["sync"], { home: home.path });
  const devlog = new DevlogServer();
  devlog.refuses = ({ data }) =>
    (data as { prompt?: string }).prompt === "bad" ? { code: "no", message: "not this" } : undefined;
  await using server = new BadServer((exchange) => devlog.serve(exchange));
  configureRemotes(home.path, { team: { type: "devlog", url: server.url, content: "full" } });
  const sent = await run(["export", "--remote", "team"], { home: home.path });
  assertEquals(sent.code, 0, sent.stderr);
  assertStringIncludes(sent.stdout, "1 events were not taken");
  const letters = async () =>
    JSON.parse((await run(["export", "dead-letters", "--format", "json"], { home: home.path })).stdout)
      .deadLetters;
  const [letter] = await letters();
  assertEquals([letter.remote, letter.answer], ["team", "no: not this"]);
  const shown = await run(["export", "dead-letters", "show", letter.eventId], { home: home.path });
  assertStringIncludes(shown.stdout, "not this");

  devlog.refuses = () => undefined;
  const retried = await run(["export", "dead-letters", "retry", letter.eventId], { home: home.path });
  assertEquals(retried.stdout, "1 are sent again\n");
  await run(["export", "--remote", "team"], { home: home.path });
  assertEquals(await letters(), []);
  assertEquals(held(devlog), await expected(home.path));
});

Deno.test("export and remote say what is wrong with what they were asked", async () => {
  using home = temporaryHome();
  configureRemotes(home.path, { team: { type: "otlp", url: "https://${OTHER_NAME}.example" } });
  new ClaudeSession(home.path, 1).turn("one");
  await run(["sync"], { home: home.path });
  for (
    const [args, code, words] of [
      [["export"], 2, "export needs --remote NAME"],
      [["export", "--remote", "taem"], 2, "Did you mean `team`?"],
      [["remote", "test", "nobody"], 2, "There are team."],
      [["remote", "add", "x"], 2, "--type is missing"],
      [["remote", "add", "x", "--type", "otlp"], 2, "--url is missing"],
      [["remote", "add", "x", "--type", "otlp", "--url", "http://example.com"], 2, "https URL"],
      [
        ["remote", "add", "team", "--type", "otlp", "--url", "https://x"],
        2,
        "there is a remote team already",
      ],
      [["export", "--remote", "team"], 1, "begin with DEVLOG_"],
    ] as const
  ) {
    const { code: found, stderr } = await run(args, { home: home.path });
    assertEquals(found, code, stderr);
    assertStringIncludes(stderr, words);
  }
  // Nothing of it has changed the file.
  assertEquals(
    Deno.readTextFileSync(join(home.path, ".devlog/config.yaml")),
    "export:\n  remotes:\n    team:\n      type: otlp\n      url: https://${OTHER_NAME}.example\n",
  );
});

Deno.test("remote add keeps the comments of the configuration, and remote remove takes out what it added", async () => {
  using home = temporaryHome();
  const path = join(home.path, ".devlog/config.yaml");
  Deno.mkdirSync(join(home.path, ".devlog"));
  const text = "# mine\nsync:\n  initial_sync_days: 0 # all\n\n# the rest\nlogging: { level: warn }\n";
  Deno.writeTextFileSync(path, text);
  const add = [
    "remote",
    "add",
    "copy",
    "--type",
    "file",
    "--path",
    "~/copy.jsonl",
    "--exclude",
    "**/secret/**",
  ];
  const added = await run(add, { home: home.path });
  assertEquals(added.code, 0, added.stderr);
  const edited = Deno.readTextFileSync(path);
  assert(edited.startsWith(text), edited);
  assertStringIncludes(edited, "copy:\n      type: file\n      path: ~/copy.jsonl\n");
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
  const removed = await run(["remote", "remove", "copy"], { home: home.path });
  assertEquals(removed.code, 0, removed.stderr);
  assert(!Deno.readTextFileSync(path).includes("copy"));
});

Deno.test("a remote with another name or another place is another remote, which gets everything", async () => {
  using home = temporaryHome();
  settled(new ClaudeSession(home.path, 1).turn("one").turn("two"));
  await run(["sync"], { home: home.path });
  const places = ["first", "second", "third"].map((name) => join(home.path, `${name}.jsonl`)) as [
    string,
    string,
    string,
  ];
  const lines = (path: string) => Deno.readTextFileSync(path).split("\n").length - 1;
  const deliver = async (name: string, path: string) => {
    configureRemotes(home.path, { [name]: { type: "file", path, content: "none" } });
    const { code, stderr } = await run(["export", "--remote", name], { home: home.path });
    assertEquals(code, 0, stderr);
  };
  await deliver("one", places[0]);
  await deliver("one", places[1]);
  await deliver("two", places[2]);
  // Back to where it was: it has all of that.
  await deliver("one", places[0]);
  assertEquals(places.map(lines), [5, 5, 5]);

  const again = await run(["export", "--remote", "one", "--all"], { home: home.path });
  assertStringIncludes(again.stdout, "one: 5 events delivered");
  // The batch is what the file ends with: it takes that for one that was cut off in the midst.
  assertEquals(lines(places[0]), 5);

  // More content: everything once more, as the next revision. Less: nothing.
  for (const [content, count] of [["full", 10], ["none", 10]] as const) {
    configureRemotes(home.path, { one: { type: "file", path: places[0], content } });
    await run(["export", "--remote", "one"], { home: home.path });
    assertEquals(lines(places[0]), count);
  }
  const revisions = Deno.readTextFileSync(places[0]).trimEnd().split("\n").map((line) =>
    JSON.parse(line).revision
  );
  assert(revisions.slice(-5).every((revision) => revision > 1_000_000));
});

Deno.test({
  name:
    "a server that is not trusted, or whose name is not known, gets all once that is mended [needs openssl]",
  ...skipUnless("openssl"),
  fn: async () => {
    using home = temporaryHome();
    using certificate = await makeCertificate();
    settled(new ClaudeSession(home.path, 1).turn("one"));
    await run(["sync"], { home: home.path });
    const devlog = new DevlogServer();
    await using server = new BadServer((exchange) => devlog.serve(exchange), certificate);
    const deliver = async (given: object) => {
      configureRemotes(home.path, { team: { type: "devlog", content: "full", ...given } });
      return await run(["export", "--remote", "team"], { home: home.path });
    };
    const unknown = await deliver({ url: "https://no-such-name.invalid" });
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, "(DNS)");
    const untrusted = await deliver({ url: server.url });
    assertEquals(untrusted.code, 1);
    assertStringIncludes(untrusted.stderr, "TLS");
    assertEquals(devlog.held.size, 0);
    const mended = await deliver({ url: server.url, ca_file: certificate.caPath });
    assertEquals(mended.code, 0, mended.stderr);
    assertEquals(held(devlog), await expected(home.path));
    assertEquals(devlog.repeated, 0);
  },
});
