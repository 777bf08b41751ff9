import { assertEquals } from "@std/assert";
import { collectFromOf, Floor } from "../../src/sync/floor.ts";

const DAY = 86_400_000;

Deno.test("collectFromOf() is so many days ago, and 0 days are everything", () => {
  assertEquals([collectFromOf(2, 10 * DAY), collectFromOf(0, 10 * DAY)], [8 * DAY, 0]);
});

Deno.test("Floor.ask() lowers it for good, and a later time is no news", () => {
  const floor = new Floor(500);
  assertEquals([floor.ask(600), floor.ask(500), floor.ask(400), floor.ask(450)], [false, false, true, false]);
  assertEquals(floor.collectFrom, 400);
  floor.set(700);
  assertEquals(floor.collectFrom, 400);
});

Deno.test("Floor.set() moves it both ways, and says when older events are wanted", () => {
  const floor = new Floor(500);
  assertEquals([floor.set(700), floor.collectFrom], [false, 700]);
  assertEquals([floor.set(0), floor.collectFrom], [true, 0]);
});
