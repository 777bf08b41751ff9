import { assertEquals } from "@std/assert";
import { V8_FLAGS } from "../../src/platform/program.ts";
import { ownCommand } from "../../src/service/own_command.ts";

const variables = (values: Record<string, string>) => (name: string) => values[name];
const MAIN = "file:///tmp/deno-compile/main.ts";

Deno.test("ownCommand() is the path that stays when a package manager brings a newer version", () => {
  const links: Record<string, string> = {
    "/opt/homebrew/bin/devlog-collector": "/opt/homebrew/Cellar/devlog-collector/1.2.0/bin/devlog-collector",
    "C:\\Users\\Ada\\scoop\\apps\\devlog-collector\\current\\devlog-collector.exe":
      "C:\\Users\\Ada\\scoop\\apps\\devlog-collector\\1.2.0\\devlog-collector.exe",
  };
  const sameFile = (a: string, b: string) => (links[a] ?? a) === (links[b] ?? b);
  for (const [link, executable] of Object.entries(links)) {
    const os = link.startsWith("C:") ? "windows" : "darwin";
    const get = variables({ PATH: os === "windows" ? "C:\\Windows" : "/usr/bin:.::/opt/homebrew/bin" });
    const running = { isStandalone: true, executable, mainModule: MAIN };
    assertEquals(ownCommand(running, { os, get }, sameFile), [link]);
  }
});

Deno.test("ownCommand() is the file itself where nothing else leads to it", () => {
  const get = variables({ PATH: "/usr/bin:/home/ada/.local/bin" });
  const executable = "/home/ada/Downloads/devlog-collector";
  const running = { isStandalone: true, executable, mainModule: MAIN };
  assertEquals(ownCommand(running, { os: "linux", get }, (a, b) => a === b), [executable]);
});

Deno.test("ownCommand() from source is deno with what the program needs", () => {
  const get = variables({});
  const running = {
    isStandalone: false,
    executable: "/usr/bin/deno",
    mainModule: "file:///home/ada/my%20code/main.ts",
  };
  assertEquals(ownCommand(running, { os: "linux", get }), [
    "/usr/bin/deno",
    "run",
    "--quiet",
    `--v8-flags=${V8_FLAGS}`,
    "--permission-set=collector",
    "--no-prompt",
    "--config=/home/ada/my code/deno.json",
    "/home/ada/my code/main.ts",
  ]);
  const windows = { ...running, executable: "C:\\deno.exe", mainModule: "file:///C:/my%20code/main.ts" };
  assertEquals(ownCommand(windows, { os: "windows", get }).slice(-2), [
    "--config=C:\\my code\\deno.json",
    "C:\\my code\\main.ts",
  ]);
});
