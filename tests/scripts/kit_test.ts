import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { skipUnless } from "../skips.ts";

const KIT = new URL("../../scripts/kit.ts", import.meta.url);

/** A checkout with the script in it, and beside it a maker of kits with the given body, if any. */
async function makeCheckout(maker?: string) {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const checkout = join(folder, "checkout");
  await Deno.mkdir(join(checkout, "scripts"), { recursive: true });
  await Deno.copyFile(KIT, join(checkout, "scripts/kit.ts"));
  if (maker !== undefined) {
    await Deno.mkdir(join(folder, "shared/tools"), { recursive: true });
    await Deno.writeTextFile(join(folder, "shared/tools/compile-kit"), `#!/bin/sh\n${maker}\n`, {
      mode: 0o755,
    });
  }
  return { checkout, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

async function runKit(checkout: string, given = "") {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(checkout, "scripts/kit.ts")],
    env: { DEVLOG_KIT: given },
  }).output();
  return {
    code,
    folder: new TextDecoder().decode(stdout).trimEnd(),
    stderr: new TextDecoder().decode(stderr),
  };
}

Deno.test("kit.ts ends with code 3 when there is no kit and nothing to make one with", async () => {
  await using place = await makeCheckout();
  assertEquals((await runKit(place.checkout)).code, 3);
});

Deno.test("kit.ts prints the folder in DEVLOG_KIT when both halves are in it", async () => {
  await using place = await makeCheckout();
  const given = join(place.checkout, "given");
  await Deno.mkdir(given);
  await Deno.writeTextFile(join(given, "deno"), "");
  assertEquals((await runKit(place.checkout, given)).code, 3);
  await Deno.writeTextFile(join(given, "denort"), "");
  const { code, folder } = await runKit(place.checkout, given);
  assertEquals([code, folder], [0, given]);
});

Deno.test({
  name: "kit.ts makes the kit once and keeps it in the checkout [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: async () => {
    await using place = await makeCheckout(`echo half > "$1/deno"; echo half > "$1/denort"`);
    const { code, folder } = await runKit(place.checkout);
    assertEquals([code, folder], [0, join(place.checkout, ".kit")]);
    await Deno.writeTextFile(join(folder, "deno"), "kept");
    assertEquals((await runKit(place.checkout)).code, 0);
    assertEquals(await Deno.readTextFile(join(folder, "deno")), "kept");
  },
});

Deno.test({
  name: "kit.ts ends with code 1, says why and leaves nothing when making it fails [needs linux-x64]",
  ...skipUnless("linux-x64"),
  fn: async () => {
    await using place = await makeCheckout(`echo half > "$1/deno"; echo no network >&2; exit 1`);
    const { code, stderr } = await runKit(place.checkout);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "no network");
    assertEquals([...Deno.readDirSync(place.checkout)].map((entry) => entry.name), ["scripts"]);
  },
});
