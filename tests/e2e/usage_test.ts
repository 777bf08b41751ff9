import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { run, temporaryHome } from "./program.ts";

Deno.test("the program lists its commands when called with --help", async () => {
  using home = temporaryHome();
  const { code, stdout, stderr } = await run(["--help"], { home: home.path });
  assertEquals([code, stderr], [0, ""]);
  for (const command of ["start", "stop", "sync", "status", "query", "version"]) {
    assertMatch(stdout, new RegExp(`^  ${command} +\\S`, "m"));
  }
});

Deno.test("version prints the version of deno.json", async () => {
  using home = temporaryHome();
  const { code, stdout, stderr } = await run(["version"], { home: home.path });
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, `devlog-collector ${denoJson.version} `);
});

Deno.test("the program ends with code 2 and names the nearest command when the word is mistyped", async () => {
  using home = temporaryHome();
  const { code, stdout, stderr } = await run(["verson"], { home: home.path });
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /unknown command "verson"[^]*Did you mean `version`\?/);
});

Deno.test("the program ends with code 2 when an option is unknown", async () => {
  using home = temporaryHome();
  const { code, stdout, stderr } = await run(["--colour"], { home: home.path });
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "--colour");
});

Deno.test("the program leaves the home untouched when asked only for help or its version", async () => {
  using home = temporaryHome();
  await run(["--help"], { home: home.path });
  await run(["version"], { home: home.path });
  assertEquals([...Deno.readDirSync(home.path)], []);
});
