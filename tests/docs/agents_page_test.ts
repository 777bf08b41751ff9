import { assertEquals } from "@std/assert";
import { withTable } from "../../scripts/agents_page.ts";
import { AGENTS } from "../../src/agents/agents.ts";
import { MAP_FIELDS } from "../../src/config/agent_map.ts";
import { parseConfig } from "../../src/config/parse.ts";

const ENVIRONMENT = { os: "linux", home: "/home/mona", get: () => undefined } as const;

/** Without what the width of columns decides. */
function cells(page: string): readonly string[] {
  return page.split("\n").map((line) => line.replace(/ +\|/g, " |").replace(/-+/g, "-"));
}

Deno.test("the table of docs/agents.md is that of the program; scripts/agents_page.ts makes it", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/agents.md", import.meta.url));
  assertEquals(cells(page), cells(withTable(page, AGENTS)));
});

Deno.test("README.md names every agent", () => {
  const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
  const table = readme.slice(
    readme.indexOf("## What it collects"),
    readme.indexOf("Whatever an agent wrote"),
  );
  const named = Array.from(table.matchAll(/^\| ([^|`]+?) +\|/gm), ([, name]) => name).slice(1);
  assertEquals(named.filter((name) => !/^-+$/.test(name!)), AGENTS.map(({ name }) => name));
});

Deno.test("docs/agents.md explains every field of a map, by an example that is right", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/agents.md", import.meta.url));
  const own = page.slice(page.indexOf("## An agent of your own"), page.indexOf("## How far"));
  const explained = new Set(Array.from(own.matchAll(/`(\w+)`/g), ([, name]) => name!));
  assertEquals(["type", "types", ...MAP_FIELDS].filter((field) => !explained.has(field)), []);
  const [, yaml] = /```yaml\n(.*?)```/s.exec(own)!;
  assertEquals(Object.keys(parseConfig(yaml!, "agents.md", ENVIRONMENT).agents), ["my-agent"]);
});
