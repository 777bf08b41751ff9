import { assertEquals } from "@std/assert";
import { CollectorRequest } from "../../src/service/request.ts";
import { StoreReader } from "../../src/store/reader.ts";
import { newRequests } from "../../src/store/requests.ts";
import { StoreWriter } from "../../src/store/writer.ts";
import { TempFolder } from "../store/temp_store.ts";

const NOW = 1_800_000_000_000;

Deno.test("CollectorRequest.poll() makes the request once, when there is a store, and follows it", () => {
  using folder = new TempFolder();
  const request = new CollectorRequest(folder.store, "sync", { collectFrom: 5 });
  assertEquals(request.poll(NOW), undefined);
  const writer = new StoreWriter(folder.store);
  try {
    assertEquals(request.poll(NOW + 1)?.state, "new");
    assertEquals(request.poll(NOW + 2)?.state, "new");
    using reader = StoreReader.open(folder.store);
    const [made, ...others] = newRequests(reader);
    assertEquals([made, others], [
      { id: made!.id, kind: "sync", arguments: { collectFrom: 5 }, createdAt: NOW + 1 },
      [],
    ]);
    writer.transaction(() => writer.answer(made!.id, "done", "{}"));
    assertEquals(request.poll(NOW + 3), { state: "done", answer: "{}" });
  } finally {
    writer.close();
  }
});

Deno.test("CollectorRequest.poll() asks again when the request is no longer there", () => {
  using folder = new TempFolder();
  const writer = new StoreWriter(folder.store);
  try {
    const request = new CollectorRequest(folder.store, "stop");
    assertEquals(request.poll(NOW)?.state, "new");
    writer.transaction(() => writer.forgetRequests(NOW + 1));
    assertEquals(request.poll(NOW + 2), undefined);
    assertEquals(request.poll(NOW + 3)?.state, "new");
  } finally {
    writer.close();
  }
});
