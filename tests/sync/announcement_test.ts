import { assertEquals } from "@std/assert";
import { collectorInfo } from "../../src/service/lock.ts";
import { Announcement } from "../../src/sync/announcement.ts";
import { TempFolder } from "../store/temp_store.ts";

const IDENTITY = { pid: 7, version: "1.0.0", startedAt: 5, startedBy: "start" } as const;

Deno.test("Announcement.tell() writes what is news, and nothing else", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/collector.json`;
  const announcement = new Announcement(path, IDENTITY);
  announcement.tell({ watching: "events", phase: "history" });
  assertEquals(collectorInfo(path), { ...IDENTITY, watching: "events", phase: "history" });
  Deno.removeSync(path);
  announcement.tell({ watching: "events", phase: "history" });
  assertEquals(collectorInfo(path), undefined);
  announcement.tell({ watching: "events", phase: "paused", reason: "full" });
  assertEquals(collectorInfo(path), { ...IDENTITY, watching: "events", phase: "paused", reason: "full" });
});

Deno.test("Announcement.tell() tries again what could not be written", () => {
  using folder = new TempFolder();
  const path = `${folder.path}/later/collector.json`;
  const announcement = new Announcement(path, IDENTITY);
  announcement.tell({ watching: "none", phase: "live" });
  Deno.mkdirSync(`${folder.path}/later`);
  announcement.tell({ watching: "none", phase: "live" });
  assertEquals(collectorInfo(path), { ...IDENTITY, watching: "none", phase: "live" });
});
