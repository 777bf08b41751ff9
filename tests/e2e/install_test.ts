import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createServer, type ServerResponse } from "node:http";
import { dirname, join, resolve } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { pack, type Packed } from "../../scripts/release/archive.ts";
import { writeChecksums } from "../../scripts/release/checksums.ts";
import { buildDebian, debianFile } from "../../scripts/release/debian.ts";
import { readDocuments } from "../../scripts/release/documents.ts";
import {
  archiveFile,
  archiveStem,
  findTarget,
  programFile,
  type Target,
  targetOf,
} from "../../scripts/release/targets.ts";
import { skipUnless } from "../skips.ts";
import { ClaudeSession } from "./agent_homes.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const TIME = 1_700_000_000;
const { version } = denoJson;
const UNIX = skipUnless("unix");

/** What is installed: the compiled program that `DEVLOG_BIN` names, else a script that only says its version. */
async function program(): Promise<Packed> {
  const binary = Deno.env.get("DEVLOG_BIN");
  const data = binary
    ? await Deno.readFile(binary)
    : new TextEncoder().encode(`#!/bin/sh\necho "devlog-collector ${version} (a stand-in)"\n`);
  return { path: "devlog-collector", data, isProgram: true };
}

/** To pack a program of 100 MB takes seconds. */
const packed = new Map<string, Uint8Array<ArrayBuffer>>();

async function archiveFor(target: Target): Promise<Uint8Array<ArrayBuffer>> {
  const known = packed.get(target.name);
  if (known !== undefined) return known;
  const files = [{ ...await program(), path: programFile(target) }, ...await readDocuments(ROOT, TIME)];
  const bytes = pack(target.archive, archiveStem(version, target), files, TIME);
  packed.set(target.name, bytes);
  return bytes;
}

/** A folder with what a release has, and a server of it. */
class Release implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "devlog-release-" });
  readonly #server = createServer((request, response) => this.#answer(request.url!, response));
  /** What was asked for. */
  readonly asked: string[] = [];
  /** The server breaks off after so many bytes of a file. */
  cutAt = Infinity;

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  static async make(target: Target): Promise<Release> {
    const release = new Release();
    await new Promise<void>((resolve) => release.#server.listen(0, "127.0.0.1", resolve));
    await Deno.writeFile(join(release.folder, archiveFile(version, target)), await archiveFor(target));
    await writeChecksums(release.folder);
    return release;
  }

  #answer(path: string, response: ServerResponse): void {
    this.asked.push(path);
    const file = join(this.folder, path);
    if (!exists(file)) {
      response.writeHead(404).end("not found");
      return;
    }
    const bytes = Deno.readFileSync(file);
    response.writeHead(200, { "content-length": bytes.length });
    if (bytes.length <= this.cutAt) response.end(bytes);
    else response.write(bytes.subarray(0, this.cutAt), () => response.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Deno.remove(this.folder, { recursive: true });
  }
}

class Home implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "devlog-home-" });
  readonly bin = join(this.path, ".local/bin");

  get installed(): readonly string[] {
    try {
      return [...Deno.readDirSync(this.bin)].map(({ name }) => name);
    } catch {
      return [];
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

const HERE = Deno.build.os === "windows"
  ? findTarget("linux-x64")!
  : targetOf(Deno.build.os, Deno.build.arch);

async function install(home: Home, env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [join(ROOT, "scripts/install.sh")],
    clearEnv: true,
    env: { HOME: home.path, PATH: "/usr/local/bin:/usr/bin:/bin", TMPDIR: home.path, ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  // It leaves nothing behind where it works.
  assertEquals(
    [...Deno.readDirSync(home.path)].map(({ name }) => name).filter((name) => name.startsWith("tmp.")),
    [],
  );
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name:
    "install.sh installs the program that the release has for this machine, and again over it [needs unix]",
  ...UNIX,
  fn: async () => {
    using home = new Home();
    await using release = await Release.make(HERE);
    for (const time of ["first", "second"]) {
      const { code, stdout, stderr } = await install(home, { DEVLOG_DOWNLOAD_URL: release.url });
      assertEquals([time, code, stderr], [time, 0, ""]);
      assertMatch(
        stdout,
        new RegExp(`^downloading ${release.url}/${archiveFile(version, HERE)}\ndevlog-collector ${version} `),
      );
      assertStringIncludes(stdout, `installed in ${home.bin}\n${home.bin} is not on the PATH`);
    }
    assertEquals(home.installed, ["devlog-collector"]);
    assertEquals(Deno.statSync(join(home.bin, "devlog-collector")).mode! & 0o777, 0o755);
    assertEquals(release.asked.slice(0, 2), ["/SHA256SUMS", `/${archiveFile(version, HERE)}`]);
  },
});

Deno.test({
  name: "install.sh installs the version and into the folder that were asked for [needs unix]",
  ...UNIX,
  fn: async () => {
    using home = new Home();
    await using release = await Release.make(HERE);
    const other = archiveFile(version, HERE).replace(version, "0.0.1");
    Deno.writeTextFileSync(join(release.folder, other), "the older one");
    await writeChecksums(release.folder);
    const folder = join(home.path, "my tools");
    const env = { DEVLOG_DOWNLOAD_URL: release.url, DEVLOG_INSTALL_DIR: folder };
    const unsure = await install(home, env);
    assertEquals([unsure.code, home.installed], [1, []]);
    assertStringIncludes(unsure.stderr, "names several archives");
    const { code } = await install(home, {
      ...env,
      DEVLOG_VERSION: version,
      PATH: `${folder}:/usr/bin:/bin`,
    });
    assertEquals([code, [...Deno.readDirSync(folder)].map(({ name }) => name)], [0, ["devlog-collector"]]);
  },
});

const FAULTS: readonly (readonly [string, (release: Release) => void | Promise<void>, string])[] = [
  ["a wrong checksum", ({ folder }) => {
    const sums = join(folder, "SHA256SUMS");
    Deno.writeTextFileSync(sums, Deno.readTextFileSync(sums).replace(/^.{64}/gm, "0".repeat(64)));
  }, "is damaged: its SHA-256 is"],
  ["half a file, and says so", (release) => {
    release.cutAt = 100;
  }, "can't download"],
  ["half a file, as if it were whole", ({ folder }) => {
    const path = join(folder, archiveFile(version, HERE));
    Deno.writeFileSync(path, Deno.readFileSync(path).subarray(0, 100));
  }, "is damaged: its SHA-256 is"],
  ["no checksums", ({ folder }) => Deno.removeSync(join(folder, "SHA256SUMS")), "can't download"],
  ["a page in place of the checksums", ({ folder }) => {
    Deno.writeTextFileSync(join(folder, "SHA256SUMS"), "<html>sign in</html>");
  }, "names no archive for"],
  ["nothing for this machine", async ({ folder }) => {
    Deno.removeSync(join(folder, archiveFile(version, HERE)));
    await writeChecksums(folder);
  }, `names no archive for ${HERE.name}`],
];
for (const [what, break_, message] of FAULTS) {
  Deno.test({
    name: `install.sh installs nothing, and leaves what is there, where the server has ${what} [needs unix]`,
    ...UNIX,
    fn: async () => {
      using home = new Home();
      await using release = await Release.make(HERE);
      Deno.mkdirSync(home.bin, { recursive: true });
      Deno.writeTextFileSync(join(home.bin, "devlog-collector"), "the older one");
      await break_(release);
      const { code, stderr } = await install(home, { DEVLOG_DOWNLOAD_URL: release.url });
      assertEquals(code, 1);
      assertStringIncludes(stderr, message);
      assertEquals(home.installed, ["devlog-collector"]);
      assertEquals(Deno.readTextFileSync(join(home.bin, "devlog-collector")), "the older one");
    },
  });
}

Deno.test({
  name: "install.sh downloads over nothing but https, but for this machine [needs unix]",
  ...UNIX,
  fn: async () => {
    using home = new Home();
    const { code, stderr } = await install(home, { DEVLOG_DOWNLOAD_URL: "http://example.com" });
    assertEquals([code, home.installed], [1, []]);
    assertStringIncludes(stderr, "refusing to download over anything but https: http://example.com");
  },
});

Deno.test({
  name: "half of install.sh does nothing [needs unix]",
  ...UNIX,
  fn: async () => {
    using home = new Home();
    await using release = await Release.make(HERE);
    const script = await Deno.readTextFile(join(ROOT, "scripts/install.sh"));
    for (const part of [0.3, 0.6, 0.9, 0.99]) {
      const half = join(home.path, "half.sh");
      await Deno.writeTextFile(half, script.slice(0, Math.floor(script.length * part)));
      await new Deno.Command("sh", {
        args: [half],
        clearEnv: true,
        env: { HOME: home.path, PATH: "/usr/bin:/bin", DEVLOG_DOWNLOAD_URL: release.url },
        stdout: "null",
        stderr: "null",
      }).output();
    }
    assertEquals([release.asked, home.installed], [[], []]);
  },
});

Deno.test({
  name: "install.ps1 installs the program, and nothing where a checksum is wrong [needs pwsh]",
  ...skipUnless("pwsh"),
  fn: async () => {
    using home = new Home();
    const target = findTarget("windows-x64")!;
    await using release = await Release.make(target);
    const run = () =>
      new Deno.Command("pwsh", {
        args: ["-NoProfile", "-File", join(ROOT, "scripts/install.ps1")],
        env: { DEVLOG_DOWNLOAD_URL: release.url, DEVLOG_INSTALL_DIR: home.bin },
      }).output();
    assertEquals((await run()).code, 0);
    assertEquals(home.installed, [programFile(target)]);
    FAULTS[0]![1](release);
    const { code, stderr } = await run();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), "is damaged");
  },
});

Deno.test({
  name: "the Debian package is installed by dpkg, and removed without a trace [needs dpkg] [needs linux-x64]",
  ...skipUnless("dpkg", "linux-x64"),
  fn: async () => {
    const target = findTarget("linux-x64")!;
    using home = new Home();
    await using release = await Release.make(target);
    const archive = await Deno.readFile(join(release.folder, archiveFile(version, target)));
    const source = { version, target, archive, time: TIME, level: 0 };
    const path = await buildDebian(source, home.path);
    assertEquals(path, join(home.path, debianFile(source)));
    // A second one is the same.
    const again = Deno.makeTempDirSync({ dir: home.path });
    assertEquals(await Deno.readFile(await buildDebian(source, again)), await Deno.readFile(path));

    // A system of its own, which has what this one has installed.
    const system = join(home.path, "system");
    const administration = join(system, "var/lib/dpkg");
    for (const folder of ["info", "updates", "triggers", "parts"]) {
      Deno.mkdirSync(join(administration, folder), { recursive: true });
    }
    Deno.copyFileSync("/var/lib/dpkg/status", join(administration, "status"));
    const dpkg = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await new Deno.Command("dpkg", {
        args: [`--root=${system}`, "--force-not-root", "--log=/dev/null", ...args],
        env: { PATH: "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin" },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    await dpkg("--install", path);
    const listed = (await dpkg("--listfiles", "devlog-collector")).trimEnd().split("\n");
    const files = listed.filter((file) => Deno.lstatSync(join(system, file)).isFile);
    assertEquals(files.toSorted(), [
      "/usr/bin/devlog-collector",
      "/usr/share/bash-completion/completions/devlog-collector",
      "/usr/share/doc/devlog-collector/README.md.gz",
      "/usr/share/doc/devlog-collector/copyright",
      "/usr/share/fish/vendor_completions.d/devlog-collector.fish",
      "/usr/share/man/man1/devlog-collector.1.gz",
      "/usr/share/zsh/vendor-completions/_devlog-collector",
    ]);
    const { stdout } = await new Deno.Command(join(system, "usr/bin/devlog-collector"), {
      args: ["version"],
      clearEnv: true,
      env: { HOME: home.path },
    }).output();
    assertMatch(new TextDecoder().decode(stdout), new RegExp(`^devlog-collector ${version} `));
    await dpkg("--remove", "devlog-collector");
    assertEquals(files.filter((file) => exists(join(system, file))), []);
    assertEquals(exists(join(system, dirname(files[2]!))), false);
  },
});

Deno.test({
  name: "a program that was installed collects, from an empty folder [needs binary] [needs unix]",
  ...skipUnless("binary", "unix"),
  fn: async () => {
    using home = new Home();
    await using release = await Release.make(HERE);
    assertEquals((await install(home, { DEVLOG_DOWNLOAD_URL: release.url })).code, 0);
    new ClaudeSession(home.path, 1).turn("once");
    const { code, stderr } = await new Deno.Command(join(home.bin, "devlog-collector"), {
      args: ["start", "--once"],
      cwd: home.bin,
      clearEnv: true,
      env: { HOME: home.path },
    }).output();
    assertEquals(code, 0);
    assertMatch(new TextDecoder().decode(stderr), /^up to date: 1 source/);
  },
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
