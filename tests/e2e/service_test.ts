import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { ServiceFacts } from "../../src/cli/service.ts";
import { unitText } from "../../src/service/managers/systemd.ts";
import { skipUnless } from "../skips.ts";
import { ClaudeSession } from "./agent_homes.ts";
import { prompts, startUpToDate, statusOf } from "./collecting.ts";
import { eventually } from "./eventually.ts";
import { denoDir, run, temporaryHome } from "./program.ts";
import { UserManager } from "./user_manager.ts";

const SYSTEMD = skipUnless("user-manager");

class ServiceHome implements Disposable {
  readonly #home = temporaryHome();
  readonly path = this.#home.path;
  readonly unit = join(this.path, ".config/systemd/user/devlog-collector.service");

  constructor() {
    // From source Deno needs its cache, which it looks for below HOME: a service has no other variable of ours.
    if (Deno.env.get("DEVLOG_BIN")) return;
    Deno.mkdirSync(join(this.path, ".cache"));
    Deno.symlinkSync(denoDir(), join(this.path, ".cache/deno"));
  }

  [Symbol.dispose](): void {
    this.#home[Symbol.dispose]();
  }
}

async function statusOfService(home: string, env: Readonly<Record<string, string>>): Promise<ServiceFacts> {
  const { code, stdout, stderr } = await run(["service", "status", "--format", "json"], { home, env });
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

Deno.test({
  name:
    "service install collects from now on, again after a crash, until it is uninstalled [needs user-manager]",
  ...SYSTEMD,
  fn: async () => {
    using home = new ServiceHome();
    const session = new ClaudeSession(home.path, 1).turn("one");
    await using manager = await UserManager.start(home.path);
    const options = { home: home.path, env: manager.env };
    assertEquals(await statusOfService(home.path, manager.env), {
      manager: "systemd",
      installed: false,
      running: false,
      state: null,
      path: home.unit,
      log: join(home.path, ".devlog/logs/collector.log"),
    });
    const installed = await run(["service", "install"], options);
    assertEquals([installed.code, installed.stderr], [0, ""]);
    const { collector } = await statusOf(home.path);
    assertEquals([collector.running, collector.startedBy], [true, "service"]);
    assertStringIncludes(
      installed.stdout,
      `running (process ${collector.pid}), and from now on after each login`,
    );
    assertEquals(manager.ask("is-enabled", "devlog-collector.service").stdout, "enabled\n");
    await eventually("the history", async () => (await prompts(home.path)).length === 1);

    Deno.kill(collector.pid!, "SIGKILL");
    session.turn("two");
    const again = await eventually("another process", async () => {
      const { collector: now } = await statusOf(home.path);
      return now.running && now.pid !== collector.pid ? now : undefined;
    }, 30_000);
    assertEquals([again.startedBy, again.crashes], ["service", 1]);
    await eventually("what came meanwhile", async () => (await prompts(home.path)).length === 2);
    assertMatch((await statusOfService(home.path, manager.env)).state!, /^active restarted 1 time$/);

    // `stop` is no crash.
    assertEquals((await run(["stop"], options)).code, 0);
    await eventually(
      "its end",
      () => manager.ask("is-active", "devlog-collector.service").stdout === "inactive\n",
    );
    const removed = await run(["service", "uninstall"], options);
    assertEquals([removed.code, removed.stdout], [
      0,
      "uninstalled; the store and the configuration are still there\n",
    ]);
    assertEquals((await statusOfService(home.path, manager.env)).installed, false);
    assertEquals(manager.ask("is-enabled", "devlog-collector.service").success, false);
    assertEquals((await prompts(home.path)).length, 2);
  },
});

Deno.test({
  name:
    "service install takes the place of a collector in a terminal, and its secrets along [needs user-manager]",
  ...SYSTEMD,
  fn: async () => {
    using home = new ServiceHome();
    Deno.mkdirSync(join(home.path, ".devlog"));
    Deno.writeTextFileSync(
      join(home.path, ".devlog/config.yaml"),
      "export:\n  remotes:\n    team:\n      type: devlog\n      url: http://localhost:1\n" +
        '      api_key: ${DEVLOG_TEST_KEY}\n      headers: { x-other: "${DEVLOG_TEST_UNSET}" }\n',
    );
    new ClaudeSession(home.path, 1).turn("one");
    await using manager = await UserManager.start(home.path);
    const env = { ...manager.env, DEVLOG_TEST_KEY: 'k"$x%' };
    await using inTerminal = await startUpToDate(home.path, [], { DEVLOG_TEST_KEY: "k" });
    const installed = await run(["service", "install"], { home: home.path, env });
    assertEquals(installed.code, 0, installed.stderr);
    assertMatch(installed.stderr, /^DEVLOG_TEST_UNSET is not set here, but config.yaml refers to it/);
    assertEquals((await inTerminal.end()).code, 0);
    const { collector } = await statusOf(home.path);
    assertNotEquals(collector.pid, inTerminal.pid);
    const variables = Deno.readTextFileSync(`/proc/${collector.pid}/environ`).split("\0");
    assertEquals(variables.filter((line) => line.startsWith("DEVLOG_")), ['DEVLOG_TEST_KEY=k"$x%']);
    assertEquals(Deno.statSync(home.unit).mode! & 0o777, 0o600);
    assertEquals((await run(["service", "uninstall"], { home: home.path, env })).code, 0);
    assertEquals((await statusOf(home.path)).collector.running, false);
  },
});

Deno.test({
  name: "start --background is run by systemd where it can, and not at the next login [needs user-manager]",
  ...SYSTEMD,
  fn: async () => {
    using home = new ServiceHome();
    new ClaudeSession(home.path, 1).turn("one");
    await using manager = await UserManager.start(home.path);
    const options = { home: home.path, env: manager.env };
    assertEquals((await run(["start", "--background", "--initial-sync-days", "0"], options)).code, 0);
    assertEquals((await statusOf(home.path)).collector.startedBy, "background");
    assertEquals(manager.ask("is-active", "devlog-collector-background.service").stdout, "active\n");
    assertEquals((await statusOfService(home.path, manager.env)).installed, false);
    await eventually("the history", async () => (await prompts(home.path)).length === 1);
    assertEquals((await run(["stop"], options)).code, 0);
  },
});

Deno.test({
  name: "systemd gives a service the words and variables that were meant [needs user-manager]",
  ...SYSTEMD,
  fn: async () => {
    using home = temporaryHome();
    const found = join(home.path, "found");
    const program = join(home.path, "my $program 100%");
    Deno.writeTextFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" "$TRICKY" > "$FOUND"\n`, { mode: 0o755 });
    const words = ['a "b" $c ${d} %e \\', "'single'", "*", "ümlaut"];
    const tricky = 'x"y$z %h \\ 100%';
    const folder = join(home.path, ".config/systemd/user");
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(
      join(folder, "tricky.service"),
      unitText({
        kind: "service",
        command: [program, ...words],
        environment: { TRICKY: tricky, FOUND: found },
      }),
    );
    await using manager = await UserManager.start(home.path);
    assertEquals(manager.ask("start", "tricky.service").success, true);
    const text = await eventually("what it was given", () => {
      const written = Deno.readTextFileSync(found);
      // The file is made before anything is written into it.
      return written !== "" && written;
    });
    assertEquals(text.trimEnd().split("\n"), [...words, tricky]);
  },
});

Deno.test({
  name: "service says where there is no service manager, and what can be done [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: async () => {
    using home = temporaryHome();
    const status = await run(["service", "status"], { home: home.path });
    assertEquals(status.code, 0);
    assertStringIncludes(status.stdout, "no service manager: XDG_RUNTIME_DIR is not set");
    const { code, stderr } = await run(["service", "install"], { home: home.path });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "devlog-collector start --background");
  },
});
