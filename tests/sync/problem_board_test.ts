import { assertEquals } from "@std/assert";
import { ProblemBoard } from "../../src/sync/problem_board.ts";

const FULL = { message: "The disk is full.", hint: "Make room." };

/** A board, what it told in order, and a switch that lets the store refuse. */
function makeBoard() {
  const told: string[] = [];
  const store = { refuses: false };
  const tell = (what: string) => {
    told.push(what);
    return store.refuses ? Promise.reject(new Error("the store was replaced")) : Promise.resolve();
  };
  const board = new ProblemBoard({
    raise: ({ key, message }) => tell(`raise ${key}: ${message}`),
    solve: (key) => tell(`solve ${key}`),
    note: (message) => void told.push(`note ${message}`),
  });
  return { board, told, store };
}

const RAISED = ["note The disk is full. Make room.", "raise disk: The disk is full."];

Deno.test("ProblemBoard.show() tells and stores each problem once, and takes it down once", () => {
  const { board, told } = makeBoard();
  board.show("disk", undefined);
  board.show("disk", FULL);
  board.show("disk", FULL);
  assertEquals(told, RAISED);
  board.show("disk", { ...FULL, message: "It is fuller." });
  board.show("disk", undefined);
  board.show("disk", undefined);
  assertEquals(told.slice(2), ["note It is fuller. Make room.", "raise disk: It is fuller.", "solve disk"]);
});

Deno.test("ProblemBoard.show() tries again at the next look what could not be stored", async () => {
  const { board, told, store } = makeBoard();
  store.refuses = true;
  board.show("disk", FULL);
  await new Promise((resolve) => setTimeout(resolve));
  store.refuses = false;
  board.show("disk", FULL);
  assertEquals(told, [...RAISED, ...RAISED]);
  store.refuses = true;
  board.show("disk", undefined);
  await new Promise((resolve) => setTimeout(resolve));
  store.refuses = false;
  board.show("disk", undefined);
  board.show("disk", undefined);
  assertEquals(told.slice(4), ["solve disk", "solve disk"]);
});

Deno.test("ProblemBoard shows a problem again in a store that was replaced, and nothing once it is closed", () => {
  const { board, told } = makeBoard();
  board.show("disk", FULL);
  board.forget();
  board.show("disk", FULL);
  assertEquals(told, [...RAISED, ...RAISED]);
  board.close();
  board.show("disk", undefined);
  board.show("watch", FULL);
  assertEquals(told.length, 4);
});

Deno.test("ProblemBoard.takeDown() solves what the last collector left", async () => {
  const { board, told } = makeBoard();
  await board.takeDown(["disk", "watch"]);
  assertEquals(told, ["solve disk", "solve watch"]);
});
