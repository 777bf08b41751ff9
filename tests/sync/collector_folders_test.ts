import { assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "node:path";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { eventually } from "../e2e/eventually.ts";
import { skipUnless } from "../skips.ts";
import { CollectorInProcess } from "./collecting.ts";

Deno.test({
  name: "a collector that runs shows what it can't search, until it can [needs unix]",
  ...skipUnless("unix"),
  // The collector's threads and its channel live as long as the process.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using collector = new CollectorInProcess();
    const projects = join(collector.home.path, ".claude", "projects");
    await collector.startUpToDate();
    assertEquals(collector.summary().problems, []);
    // Not even root can follow a link that leads to itself.
    Deno.mkdirSync(dirname(projects));
    Deno.symlinkSync(projects, projects);
    await eventually("the problem", () => collector.summary().problems.length === 1);
    const [problem] = collector.summary().problems;
    assertEquals(problem!.key, "folders");
    assertMatch(problem!.message, /^Some places can't be searched: .*projects: .*[^.]\.$/);

    Deno.removeSync(projects);
    new ClaudeSession(collector.home.path, 1).turn("found");
    await eventually("the events", () => collector.summary().events === 3);
    await eventually("no problem", () => collector.summary().problems.length === 0);
    assertEquals(collector.notes.length, 1);
  },
});
