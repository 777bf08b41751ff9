import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { checkTag, releaseNotes } from "../../scripts/release_notes.ts";
import { TARGETS } from "../../scripts/release/targets.ts";
import { skipUnless } from "../skips.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const FOLDER = join(ROOT, ".github/workflows");
const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));
const WORKFLOWS = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).toSorted();

Deno.test({
  name: "actionlint finds nothing wrong with the workflows [needs actionlint]",
  ...skipUnless("actionlint"),
  fn: async () => {
    const paths = WORKFLOWS.map((name) => join(FOLDER, name));
    const { code, stdout } = await new Deno.Command("actionlint", { args: ["-no-color", ...paths] }).output();
    assertEquals([code, new TextDecoder().decode(stdout)], [0, ""]);
  },
});

Deno.test("the workflows use each action by its hash, always the same one, with its version beside it", () => {
  const hashes = new Map<string, string>();
  for (const name of WORKFLOWS) {
    for (const [, use] of read(`.github/workflows/${name}`).matchAll(/uses: (.*)/g)) {
      const [, action, hash] = /^([\w-]+\/[\w-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$/.exec(use!) ?? [];
      assert(action !== undefined && hash !== undefined, `${name}: ${use}`);
      assertEquals(hash, hashes.get(action) ?? hash, action);
      hashes.set(action, hash);
    }
  }
  assert(hashes.size >= 5);
});

Deno.test("the version of Deno stands in one file; what names it elsewhere names the same", () => {
  const version = read(".ci/deno-version").trim();
  assertMatch(version, /^\d+\.\d+\.\d+$/);
  for (
    const path of [
      "README.md",
      "CONTRIBUTING.md",
      ".ci/run",
      ...WORKFLOWS.map((name) => `.github/workflows/${name}`),
    ]
  ) {
    for (const [, named] of read(path).matchAll(/deno@([\w."$()]+)/g)) {
      if (/^\d/.test(named!)) assertEquals(named, version, path);
    }
  }
  assert(!/deno@\d/.test(read(".ci/run")));
});

Deno.test("a release builds every target, and nothing but the release may write", () => {
  const { permissions, jobs } = parse(read(".github/workflows/release.yml"));
  const built = jobs.build.strategy.matrix.include.map(({ target }: { target: string }) => target);
  assertEquals(built, TARGETS.map(({ name }) => name));
  assertEquals(permissions, { contents: "read" });
  const writing = Object.entries(jobs as Record<string, { permissions?: Record<string, string> }>)
    .filter(([, { permissions = {} }]) => Object.values(permissions).includes("write"));
  assertEquals(writing.map(([name]) => name), ["release"]);
});

Deno.test("releaseNotes() is the section of that version alone", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- B\n\n## [1.0.0]\n\n- A\n";
  assertEquals(releaseNotes(changelog, "1.1.0"), "### Added\n\n- B\n");
  assertEquals(releaseNotes(changelog, "1.0.0"), "- A\n");
  assertThrows(() => releaseNotes(changelog, "1.0"), Error, "CHANGELOG.md says nothing of 1.0");
  assertThrows(() => releaseNotes("## [1.0.0]\n", "1.0.0"), Error, "says nothing");
  checkTag("v1.0.0", "1.0.0");
  assertThrows(() => checkTag("v1.0.0", "1.0.1"), Error, "the tag is v1.0.0");
});

Deno.test("the Dockerfile copies what a build leaves, and runs as nobody", () => {
  const lines = read("scripts/Dockerfile").replaceAll("\\\n", " ").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const instructions = lines.map((line) => line.split(/\s+/)[0]!);
  const known = [
    "FROM",
    "ARG",
    "COPY",
    "RUN",
    "LABEL",
    "ENV",
    "VOLUME",
    "USER",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
  ];
  assertEquals(instructions.filter((word) => !known.includes(word)), []);
  const linux = TARGETS.filter(({ os }) => os === "linux").map(({ name }) =>
    `dist/devlog-collector-1.0.0-${name}.tar.gz`
  );
  const copied = lines.find((line) => line.startsWith("COPY dist/"))!.split(/\s+/)[1]!;
  const pattern = new RegExp(`^${copied.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
  for (const path of linux) assertMatch(path, pattern);
  assert(!lines.some((line) => /^USER (root|0)/.test(line)));
});
