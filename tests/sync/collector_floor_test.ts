import { assertEquals } from "@std/assert";
import type { Config } from "../../src/config/config.ts";
import { defaultConfig } from "../../src/config/load.ts";
import { makeRequest } from "../../src/store/requests.ts";
import { ClaudeSession } from "../e2e/agent_homes.ts";
import { eventually } from "../e2e/eventually.ts";
import { CollectorInProcess } from "./collecting.ts";

/** The collector's threads and its channel live as long as the process. */
const THREADS = { sanitizeOps: false, sanitizeResources: false };

const DAY = 86_400_000;

/** Writes a session of 200 days ago: its file, and what stands in it. The collector sees it only after that. */
function writeOldSession(home: string, number: number): void {
  const at = Date.now() - 200 * DAY;
  const { path } = new ClaudeSession(home, number, { at }).turn("long ago");
  Deno.utimeSync(path, new Date(at), new Date(at));
}

/** Two ways in which a running collector hears that everything is wanted. */
const WAYS = {
  "a request": (collector: CollectorInProcess) => {
    makeRequest(collector.storePath, "sync", { collectFrom: 0 }, Date.now());
  },
  "its configuration": (collector: CollectorInProcess, reload: (config: Config) => void) => {
    const defaults = defaultConfig({ os: "linux", home: collector.home.path, get: () => undefined });
    reload({ ...defaults, sync: { ...defaults.sync, initial_sync_days: 0 } });
  },
};

for (const [way, ask] of Object.entries(WAYS)) {
  Deno.test(
    `a collector that was told by ${way} to take everything does so, also of what it finds after a recovery`,
    THREADS,
    async () => {
      let reloaded: Config | undefined;
      let isDamaged = false;
      await using collector = new CollectorInProcess({
        collectFrom: Date.now() - 90 * DAY,
        reloadConfig: () => {
          const config = reloaded;
          reloaded = undefined;
          return Promise.resolve(config);
        },
        // Stands for any look into the store that meets damage.
        diskTrouble: () => {
          if (!isDamaged) return Promise.resolve(undefined);
          isDamaged = false;
          return Promise.reject(new Error("database disk image is malformed"));
        },
        diskEvery: 0,
      });
      const live = new ClaudeSession(collector.home.path, 1).turn("now");
      writeOldSession(collector.home.path, 2);
      await collector.startUpToDate();
      assertEquals([collector.summary().events, collector.summary().sources.leftOut], [3, 1]);

      ask(collector, (config) => reloaded = config);
      await eventually("the old session", () => collector.summary().events === 6);

      isDamaged = true;
      live.turn("so that the disk is asked for");
      await eventually("the recovery", () => collector.notes.some((note) => note.includes("was damaged")));
      await eventually("the end of it", () => collector.upToDate === 2);
      writeOldSession(collector.home.path, 3);
      await eventually("the other old session", () => collector.summary().events === 11);
      assertEquals(collector.summary().sources.leftOut, 0);
    },
  );
}
