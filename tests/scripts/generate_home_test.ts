import { assert, assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { deflateSync } from "node:zlib";
import type { Agent } from "../../src/agents/agent.ts";
import { claudeCode } from "../../src/agents/claude_code.ts";
import { codex } from "../../src/agents/codex.ts";
import type { Environment } from "../../src/platform/environment.ts";
import { findTranscripts } from "../../scripts/bench/floor.ts";
import { addCounts, type EventCounts } from "../../scripts/bench/home/transcript.ts";
import {
  generateHome,
  generateManySources,
  type Home,
  type HomeOptions,
} from "../../scripts/generate_home.ts";
import { parseAll } from "../agents/harness.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;

/** Generates a home that is removed again, and reads all of it. */
function inHome(
  options: Partial<HomeOptions>,
  check: (home: Home, contents: Map<string, string>) => void,
): void {
  const folder = Deno.makeTempDirSync();
  try {
    const home = generateHome(folder, { bytes: 2_000_000, shape: "small", files: 12, now: NOW, ...options });
    check(home, readContents(folder));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The content of each transcript by its path relative to the home. */
function readContents(folder: string): Map<string, string> {
  const paths = Array.from(findTranscripts(folder)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), Deno.readTextFileSync(path)]));
}

Deno.test("generateHome() writes the same bytes when the options are the same", () => {
  inHome({}, (_, first) => inHome({}, (_, second) => assertEquals(first, second)));
});

Deno.test("generateHome() writes other bytes when the seed is another", () => {
  inHome({}, (_, first) => inHome({ seed: 2 }, (_, second) => assertNotEquals(first, second)));
});

Deno.test("generateHome() reports the files, bytes and lines that are on the disk", () => {
  inHome({}, (home, contents) => {
    const texts = [...contents.values()];
    assertEquals(home.files, texts.length);
    assertEquals(home.bytes, texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0));
    assertEquals(home.lines, texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0));
  });
});

Deno.test("generateHome() comes close to the size and the number of files that are asked for", () => {
  inHome({ bytes: 3_000_000, files: 20 }, (home) => {
    assertEquals(home.files, 20);
    assertLess(Math.abs(home.bytes - 3_000_000), 100_000);
  });
});

Deno.test("generateHome() writes nothing but whole JSON objects, one a line", () => {
  inHome({ shape: "large" }, (_, contents) => {
    for (const text of contents.values()) {
      assert(text.endsWith("\n"));
      for (const line of text.slice(0, -1).split("\n")) assertEquals(typeof JSON.parse(line), "object");
    }
  });
});

Deno.test("generateHome() gives each file the time of its session's last record, within two months", () => {
  inHome({ files: 30 }, (home, contents) => {
    for (const [path, text] of contents) {
      const modified = Deno.statSync(`${home.folder}/${path}`).mtime!.getTime();
      const times = text.matchAll(/"timestamp":"([^"]+)"/g).map(([, time]) => Date.parse(time!));
      const last = Math.max(...times);
      if (path.includes("/subagents/")) assertLess(last, modified);
      else assertEquals(last, modified);
      assert(modified < NOW && modified > NOW - 61 * DAY, path);
    }
  });
});

for (const shape of ["small", "large"] as const) {
  Deno.test(`generateHome() holds the events that it promises when lines are ${shape}`, () => {
    inHome({ shape, files: 40, bytes: 4_000_000 }, (home, contents) => {
      const found: EventCounts = {};
      for (const [path, text] of contents) addCounts(found, countEvents(path, text));
      assertEquals(found, home.events);
    });
  });
}

Deno.test("generateHome() has sessions of both agents, sub-agents and text beyond ASCII", () => {
  inHome({ files: 40 }, (_, contents) => {
    const paths = [...contents.keys()];
    assert(paths.some((path) => path.startsWith(".codex/sessions/")));
    assert(paths.some((path) => path.startsWith(".claude/projects/")));
    assert(paths.some((path) => path.includes("/subagents/agent-")));
    // deno-lint-ignore no-control-regex
    assert([...contents.values()].some((text) => /[^\x00-\x7f]/.test(text)));
  });
});

Deno.test("generateHome() writes lines as long as the shape says", () => {
  inHome({ shape: "small", files: 10 }, (home) => {
    const average = home.bytes / home.lines;
    assert(average > 600 && average < 1_000, String(average));
  });
  inHome({ shape: "large", files: 10, bytes: 8_000_000 }, (home, contents) => {
    const longest = Math.max(
      ...[...contents.values()].flatMap((text) => text.split("\n")).map((line) => line.length),
    );
    assertGreater(home.bytes / home.lines, 3_000);
    assertGreater(longest, 40_000);
  });
});

Deno.test("generateHome() writes text that packs no better than real text does", () => {
  inHome({ shape: "large", files: 10 }, (_, contents) => {
    const text = [...contents.values()].join("");
    const packed = deflateSync(text).length / text.length;
    assert(packed > 0.15 && packed < 0.6, String(packed));
  });
});

Deno.test("generateManySources() writes as many sources as are asked for, each of a few lines", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const home = generateManySources(folder, { sources: 300, now: NOW });
    assertEquals(readContents(folder).size, 300);
    assertEquals(home.files, 300);
    assertLess(home.bytes / home.files, 5_000);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

/** What an adapter finds in one transcript. */
function countEvents(path: string, text: string): EventCounts {
  const { agent, relativePath } = locate(path);
  assert(agent.classify(relativePath) !== undefined, `${path} is not a source`);
  const { events, unknown } = parseAll(agent, relativePath, text.slice(0, -1).split("\n"));
  assertEquals(unknown, {});
  const counts: EventCounts = {};
  for (const { type } of events) addCounts(counts, { [type]: 1 });
  return counts;
}

function locate(path: string): { readonly agent: Agent; readonly relativePath: string } {
  const environment: Environment = { os: "linux", home: "", get: () => undefined };
  for (const agent of [claudeCode, codex]) {
    for (const root of agent.roots(environment)) {
      if (`/${path}`.startsWith(`${root}/`)) return { agent, relativePath: path.slice(root.length) };
    }
  }
  throw new Error(`${path} lies below no root`);
}
