import { assertEquals } from "@std/assert";
import { selectFiles } from "../../../scripts/test/selection.ts";

const FILES = [
  "tests/store/store_test.ts",
  "tests/e2e/sync_test.ts",
  "tests/e2e/latency_alone_test.ts",
  "tests/e2e/kill_slow_test.ts",
  "tests/faults/disk_slow_test.ts",
];

Deno.test("selectFiles() leaves out the slow ones when plain, and keeps apart what must run alone", () => {
  assertEquals(selectFiles(FILES, "plain", []), {
    together: ["tests/e2e/sync_test.ts", "tests/store/store_test.ts"],
    alone: ["tests/e2e/latency_alone_test.ts"],
  });
});

Deno.test("selectFiles() takes the slow ones alone, one after another, when slow", () => {
  assertEquals(selectFiles(FILES, "slow", []), {
    together: [],
    alone: ["tests/e2e/kill_slow_test.ts", "tests/faults/disk_slow_test.ts"],
  });
});

Deno.test("selectFiles() takes nothing from outside tests/e2e when smoke", () => {
  assertEquals(selectFiles(FILES, "smoke", []), {
    together: ["tests/e2e/sync_test.ts"],
    alone: ["tests/e2e/latency_alone_test.ts"],
  });
});

Deno.test("selectFiles() keeps the files whose path holds any of the parts", () => {
  assertEquals(selectFiles(FILES, "plain", ["store/", "latency"]), {
    together: ["tests/store/store_test.ts"],
    alone: ["tests/e2e/latency_alone_test.ts"],
  });
});
