import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Environment } from "../../src/platform/environment.ts";
import { UserError } from "../../src/platform/user_error.ts";
import type { Answer } from "../../src/service/call.ts";
import type { Call } from "../../src/service/managers/manager.ts";
import { systemd } from "../../src/service/managers/systemd.ts";
import { findManager, Service, serviceFolders } from "../../src/service/service.ts";
import { skipUnless } from "../skips.ts";

const DONE: Answer = { success: true, stdout: "", stderr: "" };

/** Takes calls, and answers as it is told. */
class Recorder {
  readonly calls: string[] = [];
  readonly #answer: (line: string) => Answer;

  constructor(answer: (line: string) => Answer = () => DONE) {
    this.#answer = answer;
  }

  run = ({ program, args }: Call): Promise<Answer> => {
    const line = [program, ...args].join(" ");
    this.calls.push(line);
    return Promise.resolve(this.#answer(line));
  };
}

function environment(os: Environment["os"], values: Readonly<Record<string, string>> = {}): Environment {
  return { os, home: os === "windows" ? "C:\\Users\\Ada" : "/home/ada", get: (name) => values[name] };
}

class Home implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "devlog-service-" });
  readonly manager = systemd(
    { os: "linux", home: this.path, get: () => undefined },
    "/usr/bin/systemctl",
    join(this.path, "run"),
  );

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

const SPEC = { command: ["/bin/devlog-collector", "start"], environment: { DEVLOG_KEY: "secret" } } as const;

Deno.test({
  name: "Service.start() writes a definition for this user alone, then has it started [needs unix]",
  ...skipUnless("unix"),
  fn: async () => {
    using home = new Home();
    const recorder = new Recorder();
    const service = new Service(home.manager, "service", recorder.run);
    assert(!service.isInstalled);
    await service.start(SPEC);
    assert(service.isInstalled);
    assertEquals(Deno.statSync(service.path).mode! & 0o777, 0o600);
    assertStringIncludes(Deno.readTextFileSync(service.path), 'ExecStart="/bin/devlog-collector" "start"');
    assertEquals(recorder.calls.at(-1), "/usr/bin/systemctl --user restart devlog-collector.service");
    await service.remove();
    assert(!service.isInstalled);
    assertEquals(recorder.calls.at(-1), "/usr/bin/systemctl --user daemon-reload");
  },
});

Deno.test("Service says what its manager says when that won't, but for what may fail", async () => {
  using home = new Home();
  const refuses = new Recorder((line) =>
    line.includes("enable") || line.includes("reset-failed")
      ? { success: false, stdout: "", stderr: "Failed to enable unit: no\n" }
      : DONE
  );
  const service = new Service(home.manager, "service", refuses.run);
  const error = await assertRejects(() => service.start(SPEC), UserError);
  assertEquals(
    error.message,
    "systemd would not do it: /usr/bin/systemctl --user enable devlog-collector.service\nFailed to enable unit: no",
  );
  await new Service(home.manager, "background", refuses.run).start(SPEC);
});

Deno.test("findManager() finds systemd where it runs services for this user", async () => {
  const session = { XDG_RUNTIME_DIR: "/run/user/1000" };
  const folders = serviceFolders(environment("linux"), "/home/ada/.devlog");
  const nix = new Recorder((line) =>
    line.startsWith("/run/current-system/") ? DONE : { success: false, stdout: "", stderr: "not there" }
  );
  const found = await findManager(environment("linux", session), folders, nix.run);
  assert("name" in found);
  assertEquals([found.name, found.ask("service").program], [
    "systemd",
    "/run/current-system/sw/bin/systemctl",
  ]);
  assertEquals(await findManager(environment("linux"), folders, nix.run), {
    missing: "XDG_RUNTIME_DIR is not set: there is no session",
  });
  const none = new Recorder(() => ({ success: false, stdout: "", stderr: "Failed to connect to bus" }));
  assertEquals(await findManager(environment("linux", session), folders, none.run), {
    missing: "systemd does not run services for this user",
  });
});

Deno.test("findManager() knows on Windows who the user is", async () => {
  const folders = serviceFolders(environment("windows"), "C:\\Users\\Ada\\.devlog");
  assertEquals(folders.errorLog, "C:\\Users\\Ada\\.devlog\\logs\\stderr.log");
  const whoami = new Recorder(() => ({ ...DONE, stdout: '"pc\\ada","S-1-5-21-1-2-3-1001"\r\n' }));
  const found = await findManager(environment("windows"), folders, whoami.run);
  assert("name" in found);
  const bytes = found.define({ ...SPEC, kind: "service" }).bytes;
  assertStringIncludes(new TextDecoder("utf-16le").decode(bytes), "<UserId>S-1-5-21-1-2-3-1001</UserId>");
  assertEquals(whoami.calls, ["C:\\Windows\\System32\\whoami.exe /user /fo csv /nh"]);
  const silent = await findManager(environment("windows"), folders, new Recorder().run);
  assertEquals("missing" in silent, true);
});

Deno.test("findManager() finds launchd on macOS", async () => {
  const folders = serviceFolders(environment("darwin"), "/Users/ada/.devlog");
  const found = await findManager(environment("darwin"), folders, new Recorder().run);
  assertEquals("name" in found && found.name, "launchd");
});
