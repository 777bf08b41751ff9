import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { temporaryHome } from "../e2e/program.ts";

/** What is in force in a home with these files below `.devlog`. */
async function load(files: Readonly<Record<string, string>>) {
  using home = temporaryHome();
  Deno.mkdirSync(join(home.path, ".devlog"));
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(join(home.path, ".devlog", name), text);
  }
  const os = Deno.build.os === "windows" ? "windows" : "linux";
  const environment: Environment = { os, home: home.path, get: () => undefined };
  const { config, notes } = await loadConfig(undefined, environment);
  return { remotes: config.export.remotes, notes };
}

const OLD = JSON.stringify({
  version: "1.0",
  backendUrl: "https://devlog.example.com",
  apiKey: "secret",
  extra: 1,
});

Deno.test("loadConfig() makes the backend of the first collector a remote named default", async () => {
  const { remotes, notes } = await load({ "collector.json": OLD });
  assertEquals(Object.keys(remotes), ["default"]);
  const { type, content, enabled } = remotes.default!;
  assertEquals({ type, content, enabled }, { type: "devlog", content: "redacted", enabled: true });
  assertEquals([(remotes.default as { url: string }).url, (remotes.default as { api_key: string }).api_key], [
    "https://devlog.example.com",
    "secret",
  ]);
  assertEquals(notes, []);
});

Deno.test("loadConfig() prefers what config.yaml says of a remote named default", async () => {
  const yaml =
    "export: { remotes: { default: { type: file, path: /x }, other: { type: file, path: /y } } }\n";
  const { remotes } = await load({ "collector.json": OLD, "config.yaml": yaml });
  assertEquals(Object.entries(remotes).map(([name, { type }]) => `${name} ${type}`), [
    "default file",
    "other file",
  ]);
});

for (
  const [what, text, expected] of [
    ["is no JSON", "{", /collector\.json .* is no JSON/],
    ["names no usable URL", '{"backendUrl": "http://example.com"}', /backendUrl: expected an https URL/],
    ["names no backend", '{"version": "1.0"}', undefined],
  ] as const
) {
  Deno.test(`loadConfig() goes on where the file of the first collector ${what}, and says so if it matters`, async () => {
    const { remotes, notes } = await load({ "collector.json": text });
    assertEquals(remotes, {});
    assertEquals(notes.length, expected === undefined ? 0 : 1);
    if (expected !== undefined) assertEquals(expected.test(notes[0]!), true, notes[0]);
  });
}
