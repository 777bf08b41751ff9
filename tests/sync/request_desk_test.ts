import { assertEquals } from "@std/assert";
import { StoreReader } from "../../src/store/reader.ts";
import { makeRequest, pollRequest, type RequestKind } from "../../src/store/requests.ts";
import { StoreWriter } from "../../src/store/writer.ts";
import { RequestDesk } from "../../src/sync/request_desk.ts";
import { TempFolder } from "../store/temp_store.ts";

const NOW = 1_800_000_000_000;

/** A desk at a real store, and what was asked of its collector. */
class Desk implements Disposable {
  readonly asked: string[] = [];
  readonly #folder = new TempFolder();
  readonly #writer = new StoreWriter(this.#folder.store);
  readonly reader = StoreReader.open(this.#folder.store);
  readonly desk = new RequestDesk({
    answer: (...answer) => this.#write(() => this.#writer.answer(...answer)),
    forgetRequests: (before) => this.#write(() => this.#writer.forgetRequests(before)),
    stop: () => this.asked.push("stop"),
    sync: (collectFrom) => {
      this.asked.push(`sync from ${collectFrom}`);
      return Promise.resolve();
    },
    reload: () => {
      this.asked.push("reload");
      return Promise.resolve();
    },
    deliver: (name, again) => {
      this.asked.push(`deliver to ${name}${again ? " again" : ""}`);
      return name === "gone"
        ? Promise.reject(new Error("there is no remote gone"))
        : Promise.resolve({ isComplete: true, delivered: 7, deferred: 0, deadLetters: 0 });
    },
    call: (method, ...parameters) => {
      this.asked.push(`${method} ${parameters[0]}`);
      return Promise.resolve(2 as never);
    },
  });

  ask(kind: RequestKind, args = {}, now = NOW): number {
    return makeRequest(this.#folder.store, kind, args, now);
  }

  /** What the one who asked sees. */
  seen(id: number): string | undefined {
    const request = pollRequest(this.#folder.store, id);
    return request && `${request.state} ${request.answer}`;
  }

  #write(run: () => void): Promise<void> {
    return Promise.resolve(this.#writer.transaction(run));
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.#writer.close();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("RequestDesk.take() performs each request once, and answers a sync when everything is up to date", async () => {
  using made = new Desk();
  const { desk, reader } = made;
  const ids = [made.ask("sync", { collectFrom: 5 }), made.ask("sync"), made.ask("reload")] as const;
  await desk.take(reader, NOW);
  await desk.take(reader, NOW);
  assertEquals(made.asked, ["sync from 5", "sync from undefined", "reload"]);
  assertEquals(ids.map((id) => made.seen(id)), ["working {}", "working {}", "done {}"]);
  desk.answerSyncs({ sources: 3 });
  assertEquals(made.seen(ids[0]), 'done {"sources":3}');
  assertEquals(made.seen(ids[1]), 'done {"sources":3}');
});

Deno.test("RequestDesk.answerAll() tells at the end who asked for it, and who waits in vain", async () => {
  using made = new Desk();
  const ids = [made.ask("sync"), made.ask("stop")];
  await made.desk.take(made.reader, NOW);
  await made.desk.answerAll();
  assertEquals(made.asked, ["sync from undefined", "stop"]);
  assertEquals(ids.map((id) => made.seen(id)), [
    'failed {"message":"the collector was stopped"}',
    "done {}",
  ]);
});

Deno.test("RequestDesk.refuseOlder() refuses what was asked of the collector before", async () => {
  using made = new Desk();
  const [older, newer] = [made.ask("stop", {}, NOW - 1), made.ask("reload", {}, NOW)];
  await made.desk.refuseOlder(made.reader, NOW);
  await made.desk.take(made.reader, NOW);
  assertEquals(made.asked, ["reload"]);
  assertEquals(made.seen(older), 'failed {"message":"that collector has ended"}');
  assertEquals(made.seen(newer), "done {}");
});

Deno.test("RequestDesk.take() forgets requests that were made more than an hour ago", async () => {
  using made = new Desk();
  const old = made.ask("reload", {}, NOW - 3_600_001);
  const recent = made.ask("reload", {}, NOW - 3_600_000);
  await made.desk.take(made.reader, NOW);
  assertEquals([made.seen(old), made.seen(recent)], [undefined, "done {}"]);
});

Deno.test("RequestDesk.forget() answers nobody by the number of a request in another store", async () => {
  using made = new Desk();
  const id = made.ask("sync");
  await made.desk.take(made.reader, NOW);
  made.desk.forget();
  made.desk.answerSyncs({});
  await made.desk.answerAll();
  assertEquals(made.seen(id), "working {}");
});

Deno.test("RequestDesk.take() answers an export when it has ended, and says why it could not be done", async () => {
  using made = new Desk();
  const { desk, reader } = made;
  const ids = [
    made.ask("export", { remote: "team", again: true }),
    made.ask("export", { remote: "gone" }),
  ] as const;
  await desk.take(reader, NOW);
  await Promise.resolve();
  assertEquals(made.asked, ["reload", "deliver to team again", "reload", "deliver to gone"]);
  assertEquals(made.seen(ids[0]), 'done {"isComplete":true,"delivered":7,"deferred":0,"deadLetters":0}');
  assertEquals(made.seen(ids[1]), 'failed {"message":"there is no remote gone"}');
});

Deno.test("RequestDesk.take() changes what is stored of remotes", async () => {
  using made = new Desk();
  const id = made.ask("remote", { action: "retry", remotes: [3, 4] });
  await made.desk.take(made.reader, NOW);
  assertEquals(made.asked, ["retryDeadLetters 3", "retryDeadLetters 4"]);
  assertEquals(made.seen(id), 'done {"count":4}');
});
