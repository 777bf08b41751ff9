import { assertEquals } from "@std/assert";

const MODULE = new URL("../../src/platform/garbage.ts", import.meta.url).href;

/** Whether a process started with these flags still has, after `collectGarbage()`, an object that nothing refers to. */
async function keepsGarbage(...flags: readonly string[]): Promise<boolean> {
  const script = `const { collectGarbage } = await import(${JSON.stringify(MODULE)});
    const weak = (() => new WeakRef({}))();
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    console.log(weak.deref() !== undefined);`;
  const args = ["eval", "--no-config", "--no-lock", ...flags, script];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertEquals(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("collectGarbage() frees at once what nothing refers to, where V8 lets it", async () => {
  assertEquals(await keepsGarbage("--v8-flags=--expose-gc"), false);
});

Deno.test("collectGarbage() does nothing where V8 does not let it", async () => {
  assertEquals(await keepsGarbage(), true);
});
