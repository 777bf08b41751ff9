import { assert, assertEquals } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { inlineCode, sectionOf } from "./markdown.ts";

const PAGE = Deno.readTextFileSync(new URL("../../docs/security.md", import.meta.url));

Deno.test("docs/security.md lists every permission that the program has, and none that it has not", () => {
  const { run, env, sys, ...others } = denoJson.permissions.collector;
  const section = sectionOf(PAGE, "Permissions");
  const tables = section.split("\n").filter((line) => line.startsWith("| `")).join("\n");
  const named = new Set(inlineCode(tables));
  for (
    const name of [...run, ...env.allow, ...env.ignore, ...sys, ...Object.keys(others), "run", "env", "sys"]
  ) {
    assert(named.has(name), `docs/security.md does not name ${name}`);
  }
  const programs = [...named].filter((name) => name.includes("/") || name.includes("\\"));
  assertEquals(programs.toSorted(), run.toSorted());
  const variables = [...named].filter((name) => /^[A-Z_]+\*?$/.test(name));
  assertEquals(variables.toSorted(), [...env.allow, ...env.ignore].toSorted());
});
