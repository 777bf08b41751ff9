import { assertEquals, assertLess } from "@std/assert";
import { foldById } from "../harness.ts";
import {
  answer,
  IDS,
  idsOf,
  line,
  ofType,
  parse,
  readEvents,
  readFixture,
  sumTokens,
  typed,
} from "./rollouts.ts";

Deno.test("codex gives the copied lines of a fork the ids of its parent", async () => {
  const parent = await readEvents("parent");
  const fork = await readEvents("fork");
  const copied = fork.filter((event) => event.copied);
  // All of the parent's first turn; the session start is each thread's own.
  assertEquals(idsOf(copied), idsOf(parent).slice(1, 7));
  for (const event of copied) {
    assertEquals(event.sessionId, IDS.parent);
    // Stamped anew, so the turn's time stands for it.
    assertEquals(event.timestamp, Date.parse("2026-05-04T08:00:20.000Z"));
  }
  const own = fork.filter((event) => !event.copied);
  assertEquals(own.map((event) => event.type), [
    "session_start",
    "llm_request",
    "llm_response",
    "user_interaction",
  ]);
  for (const event of own) assertEquals([event.sessionId, event.parentSessionId], [IDS.fork, IDS.parent]);
  // Parent and fork go on with the same word, and are two prompts.
  const all = foldById([...parent, ...fork]);
  assertEquals(ofType(all, "llm_request").length, 3);
  assertEquals(sumTokens(all), { inputTokens: 4600 + 1350, outputTokens: 70 + 7 });
});

Deno.test("codex tells the threads of a fork of a fork apart by their turns", async () => {
  const files = await Promise.all([readEvents("parent"), readEvents("fork"), readEvents("fork_of_fork")]);
  const last = files[2]!;
  assertEquals(
    new Set(last.map((event) => event.sessionId)),
    new Set([IDS.forkOfFork, IDS.parent, IDS.fork]),
  );
  const earlier = new Set([...idsOf(files[0]!), ...idsOf(files[1]!)]);
  for (const event of last) assertEquals(earlier.has(event.id), event.copied === true, event.key);
  assertEquals(sumTokens(foldById(files.flat())), {
    inputTokens: 4600 + 1350 + 1350,
    outputTokens: 70 + 7 + 8,
  });
});

Deno.test("codex knows the copied lines of a fork that keep their times", async () => {
  const parent = await readFixture("parent");
  const fork = await readFixture("fork");
  const prefix = parent.slice(0, 23);
  const events = parse([fork[0]!, ...prefix, ...fork.slice(prefix.length + 1)]);
  assertEquals(idsOf(events), idsOf(await readEvents("fork")));
  const original = new Map(parse(parent).map((event) => [event.id, event.timestamp]));
  for (const event of events.filter(({ copied }) => copied)) {
    assertEquals(event.timestamp, original.get(event.id));
  }
});

Deno.test("codex comes to the ids of the parent when a sub-agent's fork copies only part of the lines", async () => {
  const parent = await readFixture("parent");
  // What a sub-agent is given: prompts, final answers and the events for the screen.
  const kept = parent.filter((text) => {
    const { type, payload } = JSON.parse(text);
    return type !== "response_item" || payload.role === "user" || payload.phase === "final_answer";
  });
  assertLess(kept.length, parent.length);
  const fork = await readFixture("fork");
  const copied = parse([fork[0]!, ...kept]).filter((event) => event.copied);
  const known = new Map(parse(parent).map((event) => [event.id, event.metrics]));
  assertEquals(ofType(copied, "llm_response").length, 4);
  for (const event of copied) assertEquals(event.metrics, known.get(event.id), event.key);
});

Deno.test("codex gives the lines of an old resume the ids of its parent, though all are stamped anew", async () => {
  const parent = await readEvents("old_parent");
  const resume = await readEvents("old_resume");
  assertEquals(idsOf(resume.filter((event) => event.copied)), idsOf(parent.slice(1)));
  const own = resume.filter((event) => !event.copied);
  assertEquals(own.map((event) => event.type), ["session_start", "llm_request", "llm_response"]);
  for (const event of own) {
    assertEquals([event.sessionId, event.parentSessionId], [IDS.oldResume, IDS.oldParent]);
  }
  assertEquals(own[0]?.data, { source: "codex_cli_rs", forkedFrom: IDS.oldParent });
  assertEquals(sumTokens(foldById([...parent, ...resume])), { inputTokens: 5600, outputTokens: 150 });
});

Deno.test("codex comes to one id when a thread with an old id was itself a copy", () => {
  const turn = "019df204-e3e0-7012-8000-000000000012";
  const turnStart = line("event_msg", { type: "task_started", turn_id: turn });
  const own = line("session_meta", { id: IDS.oldResume });
  const root = line("session_meta", { id: IDS.oldParent });
  const copy = parse([own, root, turnStart, typed("go")]);
  const fork = parse([
    line("session_meta", { id: IDS.fork, forked_from_id: IDS.oldResume }),
    own,
    root,
    turnStart,
    typed("go"),
  ]);
  assertEquals(ofType(copy, "llm_request").map(({ anchor }) => anchor), [IDS.oldParent]);
  assertEquals(ofType(fork, "llm_request").map(({ anchor }) => anchor), [IDS.oldParent]);
});

Deno.test("codex takes lines for its own once a fork has named itself again", () => {
  const events = parse([
    line("session_meta", { id: IDS.fork, forked_from_id: IDS.parent }),
    line("session_meta", { id: IDS.parent }),
    typed("before"),
    line("session_meta", { id: IDS.fork }),
    typed("after"),
  ]);
  assertEquals(ofType(events, "llm_request").map(({ sessionId }) => sessionId), [IDS.parent, IDS.fork]);
});

Deno.test("codex puts a thread together that goes on in further files", () => {
  const segment = (minute: number, turn: string, calls: number) => {
    const at = (second: number) => `2026-05-04T08:0${minute}:0${second}.000Z`;
    const meta = { id: IDS.parent, timestamp: "2026-05-04T08:00:00.000Z", history_mode: "paginated" };
    const count = (calls: number, second: number) => {
      const total = { input_tokens: 100 * calls, output_tokens: 10 * calls };
      const info = { total_token_usage: total, last_token_usage: { input_tokens: 100, output_tokens: 10 } };
      return line("event_msg", { type: "token_count", info }, at(second));
    };
    const name = minute === 0 ? IDS.parent : `${IDS.parent}_${turn}`;
    return parse([
      line("session_meta", minute === 0 ? meta : { ...meta, history_base: { thread_id: IDS.parent } }, at(0)),
      // What was used before is said again.
      ...minute === 0 ? [] : [count(calls - 1, 1)],
      line("event_msg", { type: "task_started", turn_id: turn }, at(2)),
      line("event_msg", { type: "user_message", message: "Go on" }, at(3)),
      answer("Done."),
      count(calls, 4),
    ], `rollout-2026-05-04T10-0${minute}-00-${name}`);
  };
  const files = [
    segment(0, "019df200-5001-7001-8000-000000000001", 1),
    segment(5, "019df204-5001-7001-8000-000000000001", 2),
    segment(9, "019df208-5001-7001-8000-000000000001", 3),
  ];
  const [first, second] = files.map((events) => events.find(({ type }) => type === "session_start"));
  assertEquals({ ...first, position: 0 }, { ...second, position: 0 });
  assertEquals(first?.timestamp, Date.parse("2026-05-04T08:00:00.000Z"));
  const all = foldById(files.flat());
  assertEquals(new Set(all.map(({ sessionId }) => sessionId)), new Set([IDS.parent]));
  assertEquals(ofType(all, "llm_request").length, 3);
  assertEquals(sumTokens(all), { inputTokens: 300, outputTokens: 30 });
});

Deno.test("codex reads a file that holds several threads", async () => {
  const lines = [...await readFixture("parent"), ...await readFixture("fork")];
  const expected = foldById([...await readEvents("parent"), ...await readEvents("fork")]);
  assertEquals(new Set(idsOf(parse(lines))), new Set(idsOf(expected)));
});
