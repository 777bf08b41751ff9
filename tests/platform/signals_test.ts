import { assertEquals } from "@std/assert";
import { endSignals } from "../../src/platform/signals.ts";

Deno.test("endSignals() has what each system sends when it wants a program to end", () => {
  assertEquals(endSignals("linux"), ["SIGINT", "SIGTERM", "SIGHUP"]);
  assertEquals(endSignals("darwin"), ["SIGINT", "SIGTERM", "SIGHUP"]);
  assertEquals(endSignals("windows"), ["SIGINT", "SIGBREAK", "SIGHUP", "SIGTERM"]);
});
