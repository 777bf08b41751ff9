import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../../src/cli/errors.ts";
import { readLatest } from "../../src/cli/version.ts";

/** Answers each request with what the test says, and asks the program for the newest version there. */
async function ask(answer: Response): Promise<string> {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => answer);
  return await readLatest(`http://127.0.0.1:${server.addr.port}/latest`);
}

Deno.test("readLatest() reads the version of the newest release", async () => {
  assertEquals(await ask(Response.json({ tag_name: "v1.2.3", name: "1.2.3" })), "1.2.3");
  assertEquals(await ask(new Response('{"id":1, "tag_name" : "2.0.0-rc.1"}')), "2.0.0-rc.1");
});

for (
  const [what, answer, message] of [
    ["an error", new Response("rate limit", { status: 403 }), "answered 403"],
    ["something else", new Response("<html>captive portal</html>"), "named no version"],
    ["a version that is none", Response.json({ tag_name: "v1.2.3\x1b[31m red" }), "named no version"],
  ] as const
) {
  Deno.test(`readLatest() says that it was answered with ${what}`, async () => {
    const error = await assertRejects(() => ask(answer), UserError);
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.hint!, "/releases");
  });
}

Deno.test("readLatest() says that nobody answers", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response());
  const { port } = server.addr;
  await server.shutdown();
  const error = await assertRejects(() => readLatest(`http://127.0.0.1:${port}/`), UserError);
  assertStringIncludes(error.message, "the newest version can't be asked for");
});
