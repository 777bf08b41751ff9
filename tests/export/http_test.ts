import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import type { HttpRemoteConfig } from "../../src/config/config.ts";
import { devlogRemote } from "../../src/export/devlog.ts";
import { retryAfterOf, targetOf } from "../../src/export/http.ts";
import { otlpRemote } from "../../src/export/otlp.ts";
import type { Answer, FrozenBatch } from "../../src/export/remote.ts";
import { eventually } from "../e2e/eventually.ts";
import { skipUnless } from "../skips.ts";
import { BadServer, type Behaviour } from "./bad_server.ts";
import { makeCertificate } from "./certificate.ts";
import { remoteConfig } from "./remote_config.ts";

const BATCH: FrozenBatch = {
  id: "b1",
  body: new TextEncoder().encode("[{},{},{}]"),
  headers: { "content-type": "application/json" },
  events: 3,
};

async function send(
  kind: "otlp" | "devlog",
  behaves: Behaviour,
  given: Partial<HttpRemoteConfig> = {},
): Promise<{ readonly answer: Answer; readonly server: BadServer }> {
  await using server = new BadServer(behaves);
  const config = remoteConfig(kind, { url: server.url, api_key: "key-1", ...given });
  const connection = (kind === "otlp" ? otlpRemote : devlogRemote).connect(config);
  try {
    return { answer: await connection.send(BATCH, new AbortController().signal), server };
  } finally {
    await connection.close();
  }
}

for (const kind of ["otlp", "devlog"] as const) {
  for (
    const [what, behaves, expected] of [
      ["takes it", ({ answer }) => answer(200, "{}"), "accepted"],
      ["answers with nothing", ({ answer }) => answer(204), "accepted"],
      ["is busy", ({ answer }) => answer(503), "unavailable"],
      ["limits the rate", ({ answer }) => answer(429), "unavailable"],
      ["has a fault", ({ answer }) => answer(500), "failing"],
      ["wants less", ({ answer }) => answer(413), "too-large"],
      ["finds it wrong", ({ answer }) => answer(400), "unacceptable"],
      ["does not know the key", ({ answer }) => answer(401), "refused"],
      ["forbids it", ({ answer }) => answer(403), "refused"],
      ["does not know the path", ({ answer }) => answer(404), "refused"],
      ["redirects", ({ answer }) => answer(307, "", { location: "http://127.0.0.1:9/" }), "refused"],
      [
        "answers with a page for people",
        ({ answer }) => answer(200, "<!doctype html><title>Log in</title>", { "content-type": "text/html" }),
        "refused",
      ],
      ["ends the connection", ({ cut }) => cut(), "unavailable"],
      ["answers no HTTP", async ({ write }) => void await write("SSH-2.0-x\r\n"), "unavailable"],
      [
        "cuts its answer",
        async ({ write }) => void await write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"partialSuc'),
        "unavailable",
      ],
    ] as readonly (readonly [string, Behaviour, Answer["kind"]])[]
  ) {
    Deno.test(`${kind}: a server that ${what} makes the batch ${expected}`, async () => {
      const { answer, server } = await send(kind, behaves);
      assertEquals(answer.kind, expected, JSON.stringify(answer));
      assertEquals(server.requests.length, 1);
      assertEquals(server.requests[0]!.headers.get("authorization"), "Bearer key-1");
      assert(!JSON.stringify(answer).includes("key-1"));
    });
  }

  Deno.test(`${kind}: nobody there, no such name and nobody who answers are told in words`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    for (
      const [url, words] of [
        [`http://127.0.0.1:${port}`, "refuses the connection"],
        ["https://no-such-name.invalid", "(DNS)"],
      ] as const
    ) {
      const connection = (kind === "otlp" ? otlpRemote : devlogRemote).connect(remoteConfig(kind, { url }));
      const answer = await connection.send(BATCH, new AbortController().signal);
      assertEquals(answer.kind, "unavailable");
      assertStringIncludes("message" in answer ? answer.message : "", words);
      const trial = await connection.try(new AbortController().signal);
      assertEquals(trial.ok, false);
      assertStringIncludes(trial.message, words);
      await connection.close();
    }
    const { answer } = await send(kind, () => new Promise((resolve) => setTimeout(resolve, 600)), {
      timeout: 200,
    });
    assertEquals(answer, { kind: "unavailable", message: "no answer within 0.2 s" });
  });

  Deno.test(`${kind}: a redirect is not followed, so the other host gets nothing`, async () => {
    await using other = new BadServer(({ answer }) => answer(200, "{}"));
    for (const status of [301, 302, 303, 307, 308]) {
      const { answer } = await send(
        kind,
        (exchange) => exchange.answer(status, "", { location: `${other.url}/x` }),
      );
      assertEquals(answer.kind, "refused");
      assertStringIncludes("message" in answer ? answer.message : "", new URL(other.url).host);
    }
    assertEquals(other.requests, []);
  });

  Deno.test(`${kind}: an answer without end is read to a bound`, async () => {
    const part = "x".repeat(1 << 16);
    let sent = 0;
    const { answer } = await send(kind, async ({ write }) => {
      await write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000000000\r\n\r\n");
      while (sent < 5e9 && await write(part)) sent += part.length;
    });
    assertEquals(answer.kind, "unavailable");
    assert(sent < 50e6, `${sent} bytes were taken`);
  });

  Deno.test(`${kind}: what the server says is in the answer, short and on one line`, async () => {
    const { answer } = await send(
      kind,
      ({ answer }) => answer(503, JSON.stringify({ message: `down\n${"!".repeat(9999)}` })),
    );
    const { message } = answer as { readonly message: string };
    assertStringIncludes(message, "HTTP 503: down !");
    assert(message.length < 400 && !message.includes("\n"));
  });
}

Deno.test("otlp: records that the server did not take are counted, for it does not say which", async () => {
  const body = JSON.stringify({ partialSuccess: { rejectedLogRecords: "2", errorMessage: "too old" } });
  const { answer } = await send("otlp", (exchange) => exchange.answer(200, body));
  assertEquals(answer, { kind: "partly", lost: 2, message: "too old" });
});

Deno.test("devlog: events that the server did not take are those that it names", async () => {
  const rejected = [{ index: 1, id: "x", code: "too_old", message: "before 2020" }];
  const taken = await send(
    "devlog",
    (exchange) => exchange.answer(200, JSON.stringify({ accepted: 2, rejected })),
  );
  assertEquals(taken.answer, { kind: "accepted", rejected: [{ index: 1, message: "too_old: before 2020" }] });
  const old = { error: "Invalid request body", details: [{ field: "2.sessionId", message: "Invalid uuid" }] };
  const refused = await send("devlog", (exchange) => exchange.answer(400, JSON.stringify(old)));
  assertEquals(refused.answer, {
    kind: "unacceptable",
    status: 400,
    message: "HTTP 400: Invalid request body",
    rejected: [{ index: 2, message: "2.sessionId: Invalid uuid" }],
  });
});

Deno.test("devlog: a batch has the same key each time, and is compressed once the server says it takes that", async () => {
  await using server = new BadServer(({ answer }) => answer(201, "{}", { "accept-encoding": "gzip" }));
  const connection = devlogRemote.connect(remoteConfig("devlog", { url: `${server.url}/` }));
  for (let time = 0; time < 2; time++) await connection.send(BATCH, new AbortController().signal);
  await connection.close();
  const [first, second] = server.requests;
  assertEquals([first!.path, first!.headers.get("idempotency-key")], ["/api/events/batch", "b1"]);
  assertEquals([first!.headers.get("content-encoding"), second!.headers.get("content-encoding")], [
    null,
    "gzip",
  ]);
  const plain = await new Response(
    new Blob([second!.body]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
  assertEquals(plain, new TextDecoder().decode(first!.body));
});

Deno.test("retryAfterOf() takes seconds and dates, and no more than an hour", () => {
  const now = Date.UTC(2026, 0, 1, 12);
  for (
    const [value, expected] of [
      ["7", 7_000],
      ["0", 0],
      [" 3 ", 3_000],
      ["99999999", 3_600_000],
      ["-5", undefined],
      ["soon", undefined],
      ["Thu, 01 Jan 2026 12:01:00 GMT", 60_000],
      ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
      ["Fri, 01 Jan 2027 12:00:00 GMT", 3_600_000],
    ] as const
  ) {
    const found = retryAfterOf(new Headers({ "retry-after": value }), now);
    assertEquals(found, expected, value);
  }
  assertEquals(retryAfterOf(new Headers(), now), undefined);
});

Deno.test("targetOf() leaves out of a URL what may be a secret", () => {
  assertEquals(targetOf("https://me:pw@h.example/a/?key=1#x"), "https://h.example/a");
  assertEquals(targetOf("https://${DEVLOG_USER}:x@h:8080"), "https://h:8080");
});

Deno.test({
  name: "a server is trusted when its authority is named, and only then [needs openssl]",
  ...skipUnless("openssl"),
  fn: async () => {
    using certificate = await makeCertificate();
    const tls = { cert: certificate.cert, key: certificate.key };
    await using server = new BadServer(({ answer }) => answer(200, "{}"), tls);
    for (
      const [ca_file, expected] of [[undefined, "unavailable"], [certificate.caPath, "accepted"]] as const
    ) {
      const connection = otlpRemote.connect(
        remoteConfig("otlp", { url: server.url, ...(ca_file && { ca_file }) }),
      );
      const answer = await connection.send(BATCH, new AbortController().signal);
      assertEquals(answer.kind, expected, JSON.stringify(answer));
      if (answer.kind === "unavailable") assertStringIncludes(answer.message, "TLS");
      await connection.close();
    }
  },
});

Deno.test({
  name: "a certificate of this machine is shown to a server that wants one [needs openssl]",
  ...skipUnless("openssl"),
  fn: async () => {
    using certificate = await makeCertificate();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    // With -Verify it ends the handshake with whoever has no certificate; with -www it answers with a page.
    const server = new Deno.Command("openssl", {
      args: [
        ...[
          "s_server",
          "-accept",
          `127.0.0.1:${port}`,
          "-Verify",
          "1",
          "-verify_return_error",
          "-www",
          "-quiet",
        ],
        ...["-CAfile", "ca.pem", "-cert", "cert.pem", "-key", "key.pem"],
      ],
      cwd: dirname(certificate.caPath),
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const trial = async (given: Partial<HttpRemoteConfig>) => {
        const config = remoteConfig("devlog", {
          url: `https://127.0.0.1:${port}`,
          ca_file: certificate.caPath,
          ...given,
        });
        const connection = devlogRemote.connect(config);
        try {
          return (await connection.try(new AbortController().signal)).message;
        } finally {
          await connection.close();
        }
      };
      const own = { cert_file: certificate.certPath, key_file: certificate.keyPath };
      await eventually("the server", async () => (await trial(own)).includes("a web page"));
      assert(!(await trial({})).includes("a web page"), "it was let in without a certificate");
      await assertRejects(
        () => trial({ cert_file: certificate.certPath }),
        Error,
        "`cert_file` and `key_file`",
      );
    } finally {
      server.kill("SIGKILL");
      await server.status;
    }
  },
});
