import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { UserError } from "../../src/cli/errors.ts";
import { findStore } from "../../src/cli/open_store.ts";
import { type Environment, readEnvironment } from "../../src/platform/environment.ts";
import { temporaryHome } from "../e2e/program.ts";
import { RecordingTerminal } from "./recording_terminal.ts";

const MISTAKE = "the configuration has a mistake; see `devlog-collector config validate`\n";

for (
  const [what, text, folder, said] of [
    ["names another place", "storage: { path: ~/kept }", "kept", ""],
    ["names none", "sync: {}", ".devlog/data", ""],
    ["has a mistake elsewhere", "storage: { path: ~/kept }\nsync: 7", "kept", MISTAKE],
    ["has a mistake and names no place", "sync: 7", ".devlog/data", MISTAKE],
    ["has a mistake in the place", "storage: { path: [kept] }", ".devlog/data", MISTAKE],
    ["names a place that is relative", "storage: { path: kept }", ".devlog/data", MISTAKE],
    ["has a mistake beside the place", "storage: { path: ~/kept, retention_days: many }", "kept", MISTAKE],
    ["can be parsed only in part", "storage:\n  path: ~/kept\nsync: [1\n", "kept", MISTAKE],
    ["names an anchor that is not there", "storage:\n  path: ~/kept\nsync: *none\n", "kept", MISTAKE],
    ["names the place by an anchor", "x: &p ~/kept\nstorage:\n  path: *p\n", "kept", MISTAKE],
    ["is a list", "- 1", ".devlog/data", MISTAKE],
    ["is no YAML at all", "\t{{{\0", ".devlog/data", MISTAKE],
    ["is nested too deeply", "[".repeat(50_000), ".devlog/data", MISTAKE],
    ["is too large", "#".repeat(1024 * 1024 + 1), ".devlog/data", MISTAKE],
  ] as const
) {
  Deno.test(`findStore() finds the store in ${folder} when the configuration ${what}`, async () => {
    using home = temporaryHome();
    configure(home.path, text);
    const terminal = new RecordingTerminal();
    const paths = await findStore(environmentOf(home.path), terminal);
    assertEquals(paths.folder, join(home.path, folder));
    assertEquals([terminal.stdout, terminal.stderr], ["", said]);
  });
}

Deno.test("findStore() finds the store in its usual place when the configuration can't be read", async () => {
  using home = temporaryHome();
  Deno.mkdirSync(join(home.path, ".devlog", "config.yaml"), { recursive: true });
  const terminal = new RecordingTerminal();
  const paths = await findStore(environmentOf(home.path), terminal);
  assertEquals(paths.folder, join(home.path, ".devlog", "data"));
  assertEquals(
    terminal.stderr,
    "the configuration can't be read; see `devlog-collector config validate`\n",
  );
});

Deno.test("findStore() refuses a home that depends on where one stands", async () => {
  const environment = readEnvironment((name) => ({ HOME: "/home/ann", DEVLOG_HOME: "here" })[name]);
  await assertRejects(() => findStore(environment, new RecordingTerminal()), UserError, "DEVLOG_HOME");
});

function configure(home: string, text: string): void {
  Deno.mkdirSync(join(home, ".devlog"));
  Deno.writeTextFileSync(join(home, ".devlog", "config.yaml"), text);
}

function environmentOf(home: string): Environment {
  return readEnvironment((name) => ({ HOME: home, USERPROFILE: home })[name]);
}
