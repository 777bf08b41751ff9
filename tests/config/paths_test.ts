import { assertEquals, assertThrows } from "@std/assert";
import { configPath, defaultStoragePath, devlogHome, storagePaths } from "../../src/config/paths.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { UserError } from "../../src/platform/user_error.ts";

function environmentOf(os: Environment["os"], home: string, devlog?: string): Environment {
  return { os, home, get: (name) => name === "DEVLOG_HOME" ? devlog : undefined };
}

Deno.test("devlogHome() is ~/.devlog unless DEVLOG_HOME names another", () => {
  assertEquals(devlogHome(environmentOf("linux", "/home/me")), "/home/me/.devlog");
  assertEquals(devlogHome(environmentOf("windows", "C:\\Users\\me")), "C:\\Users\\me\\.devlog");
  assertEquals(devlogHome(environmentOf("darwin", "/Users/me", "/srv/devlog")), "/srv/devlog");
  assertEquals(devlogHome(environmentOf("linux", "/home/me", "~/log")), "/home/me/log");
});

Deno.test("devlogHome() throws when DEVLOG_HOME is relative", () => {
  const error = assertThrows(() => devlogHome(environmentOf("linux", "/home/me", "log")), UserError);
  assertEquals([error.message, error.exitCode], ['DEVLOG_HOME is not an absolute path: "log"', 2]);
});

Deno.test("all files of the program are in its home or in the folder of the store", () => {
  const environment = environmentOf("linux", "/home/me");
  assertEquals(configPath(environment), "/home/me/.devlog/config.yaml");
  assertEquals(defaultStoragePath(environment), "/home/me/.devlog/data");
  assertEquals(storagePaths({ storage: { path: "/srv/data" } }, environment), {
    folder: "/srv/data",
    database: "/srv/data/devlog.db",
    lock: "/srv/data/collector.lock",
    collector: "/srv/data/collector.json",
    remotes: "/srv/data/remotes",
  });
});
