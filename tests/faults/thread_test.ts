import { assertEquals } from "@std/assert";
import { Thread } from "../../src/sync/thread.ts";

type Word = { readonly kind: "word"; readonly text: string };

Deno.test("a thread gets what was sent while its modules were still being loaded", async () => {
  const source = `await new Promise((resolve) => setTimeout(resolve, 100));
    self.onmessage = ({ data }) => self.postMessage(data);
    self.postMessage({ kind: "ready" });`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const heard: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const thread = new Thread<Word, Word>(
    new Worker(url, { type: "module" }),
    ({ text }) => {
      heard.push(text);
      if (text === "late") resolve();
    },
    (event) => reject(event.error),
  );
  thread.send({ kind: "word", text: "early" });
  // Long enough for it to be handed out before the worker listens.
  await new Promise((resolve) => setTimeout(resolve, 50));
  thread.send({ kind: "word", text: "late" });
  const timer = setTimeout(() => reject(new Error("nothing was heard")), 10_000);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    thread.terminate();
    URL.revokeObjectURL(url);
  }
  assertEquals(heard, ["early", "late"]);
});

Deno.test("a thread that is ended before it listens leaves no port open that it was to get", () => {
  const url = URL.createObjectURL(new Blob(["await new Promise(() => {});"], { type: "text/javascript" }));
  const thread = new Thread<Word, Word>(new Worker(url, { type: "module" }), () => {}, () => {});
  const { port1, port2 } = new MessageChannel();
  thread.send({ kind: "word", text: "a port" }, [port1]);
  // Deno fails a test that leaves a port open.
  thread.terminate();
  port2.close();
  URL.revokeObjectURL(url);
});
