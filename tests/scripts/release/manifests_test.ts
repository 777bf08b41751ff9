import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { renderFormula } from "../../../scripts/release/homebrew.ts";
import { renderManifest } from "../../../scripts/release/scoop.ts";
import { archiveFile, TARGETS } from "../../../scripts/release/targets.ts";
import schema from "../../fixtures/scoop.schema.json" with { type: "json" };
import { skipUnless } from "../../skips.ts";

const VERSION = "1.2.3";
const SUMS = new Map(
  TARGETS.map((target, index) => [archiveFile(VERSION, target), String(index).repeat(64)]),
);

Deno.test("renderFormula() names the archive and the checksum of every target that Homebrew has", () => {
  const formula = renderFormula(VERSION, SUMS);
  const urls = [...formula.matchAll(/url "(.*)"\n\s+sha256 "(.*)"/g)].map(([, url, sum]) => [url, sum]);
  const expected = TARGETS.filter(({ os }) => os !== "windows").map((target) => {
    const file = archiveFile(VERSION, target);
    return [
      `https://github.com/devlog-collector/devlog-collector/releases/download/v1.2.3/${file}`,
      SUMS.get(file),
    ];
  });
  assertEquals(urls.toSorted(), expected.toSorted());
});

Deno.test("renderFormula() has what brew audit wants", () => {
  const formula = renderFormula(VERSION, SUMS);
  const field = (name: string) => new RegExp(`^  ${name} "(.*)"$`, "m").exec(formula)?.[1];
  const description = field("desc")!;
  assert(description.length + "devlog-collector: ".length < 80, "it is too long");
  assertMatch(description, /^[A-Z]/);
  assert(!/^(An?|The) |\.$|devlog-collector/i.test(description));
  assertMatch(field("homepage")!, /^https:\/\//);
  assertEquals(field("license"), "Apache-2.0");
  // The version is scanned from the URL: to say it once more is a mistake.
  assertEquals(field("version"), undefined);
  const order = [
    "desc",
    "homepage",
    "license",
    "on_macos",
    "on_linux",
    "def install",
    "def caveats",
    "test do",
  ];
  assertEquals(order.toSorted((a, b) => formula.indexOf(`  ${a}`) - formula.indexOf(`  ${b}`)), order);
  assert(!/[ \t]$/m.test(formula));
});

Deno.test({
  name: "renderFormula() is Ruby, and says what it should when it is run [needs ruby]",
  ...skipUnless("ruby"),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const formula = `${folder}/devlog-collector.rb`;
      await Deno.writeTextFile(formula, renderFormula(VERSION, SUMS));
      const ruby = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await new Deno.Command("ruby", { args: [...args] }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
        return new TextDecoder().decode(stdout);
      };
      assertEquals(await ruby("-wc", formula), "Syntax OK\n");
      // A stand-in for Homebrew's language: on an Apple processor, what would be downloaded and installed?
      const stand = `
        class Formula
          class << self
            %i[desc homepage license url sha256 test].each { |name| define_method(name) { |*args, &_| puts "#{name} #{args.first}" if name == :url } }
            def on_macos; yield; end
            def on_arm; yield; end
            def on_intel; end
            def on_linux; end
          end
          def method_missing(name, *) = (@name = name; self)
          def respond_to_missing?(*) = true
          def install_at(what) = puts("#{@name} #{what.is_a?(Hash) ? what.to_a.join(" as ") : what}")
        end
        class Formula; def install(what) = install_at(what); end
        load ${JSON.stringify(formula)}
        class DevlogCollector; alias install_all install; def install(what = nil) = what ? install_at(what) : install_all; end
        DevlogCollector.new.install
        puts DevlogCollector.new.caveats`;
      assertEquals(
        await ruby("-e", stand),
        `url https://github.com/devlog-collector/devlog-collector/releases/download/v1.2.3/devlog-collector-1.2.3-macos-arm64.tar.gz
bin devlog-collector
man1 devlog-collector.1
bash_completion completions/devlog-collector.bash as devlog-collector
zsh_completion completions/_devlog-collector
fish_completion completions/devlog-collector.fish
To have it started at each login:
  devlog-collector service install
`,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("renderManifest() is valid by Scoop's schema, and names the archive for Windows", () => {
  const manifest = JSON.parse(renderManifest(VERSION, SUMS));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  assertEquals([validate(manifest), validate.errors], [true, null]);
  assertEquals(validate({ ...manifest, hsh: "x" }), false);
  const file = "devlog-collector-1.2.3-windows-x64.zip";
  assertEquals(manifest.architecture["64bit"], {
    url: `https://github.com/devlog-collector/devlog-collector/releases/download/v1.2.3/${file}`,
    hash: SUMS.get(file),
    extract_dir: "devlog-collector-1.2.3-windows-x64",
  });
  // What Scoop makes of it at the next release.
  const { url, extract_dir } = manifest.autoupdate.architecture["64bit"];
  assertEquals(url.replaceAll("$version", "1.2.3"), manifest.architecture["64bit"].url);
  assertEquals(extract_dir.replaceAll("$version", "1.2.3"), manifest.architecture["64bit"].extract_dir);
});

Deno.test("neither is made where a checksum is missing", () => {
  for (const render of [renderFormula, renderManifest]) {
    assertThrows(() => render(VERSION, new Map()), Error, "no checksum of devlog-collector-1.2.3-");
  }
});
