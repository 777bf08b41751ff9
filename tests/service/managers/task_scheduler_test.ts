import { assertEquals } from "@std/assert";
import type { ServiceSpec } from "../../../src/service/managers/manager.ts";
import { taskScheduler, taskText } from "../../../src/service/managers/task_scheduler.ts";
import { skipUnless } from "../../skips.ts";
import { assertGolden, goldenPath, judge, TRICKY } from "./definitions.ts";

const USER = {
  sid: "S-1-5-21-1004336348-1177238915-682003330-1001",
  devlogHome: "C:\\Users\\Ada\\.devlog",
  systemFolder: "C:\\Windows\\System32",
};
const SPEC: ServiceSpec = {
  ...TRICKY,
  command: ["C:\\My tools\\devlog & co\\devlog-collector.exe", "start", "--managed", "service"],
};
const manager = taskScheduler("C:\\Windows\\System32\\schtasks.exe", USER);

Deno.test("taskText() is what its golden file says", () =>
  assertGolden("devlog-collector.task.xml", taskText(SPEC, USER)));

Deno.test({
  name: "what is written for the Task Scheduler is valid by its schema [needs xmllint]",
  ...skipUnless("xmllint"),
  fn: () => {
    const file = Deno.makeTempFileSync();
    const xsd = goldenPath("task.xsd");
    const check = () => judge("xmllint", "--nonet", "--noout", "--schema", xsd, file);
    try {
      for (const kind of ["service", "background"] as const) {
        // As it is written: in UTF-16, with its mark.
        Deno.writeFileSync(file, manager.define({ ...SPEC, kind }).bytes);
        assertEquals(check(), { code: 0, said: `${file} validates\n` });
      }
      // That it would say so.
      const text = new TextDecoder("utf-16le").decode(manager.define(SPEC).bytes);
      Deno.writeTextFileSync(file, text.replace("UTF-16", "UTF-8").replace("IgnoreNew", "IgnoreAll"));
      assertEquals(check().code, 3);
    } finally {
      Deno.removeSync(file);
    }
  },
});

Deno.test("taskText() quotes words as programs of Windows take them apart", () => {
  const quoted = (word: string) =>
    /<Arguments>--headless p (.*)<\/Arguments>/.exec(taskText({ ...SPEC, command: ["p", word] }, USER))![1]!;
  for (
    const [word, expected] of [
      ["plain", "plain"],
      ["two words", "&quot;two words&quot;"],
      ["C:\\path\\", "C:\\path\\"],
      ["C:\\my path\\", "&quot;C:\\my path\\\\&quot;"],
      ['say "hi"', "&quot;say \\&quot;hi\\&quot;&quot;"],
      ['back\\"slash', "&quot;back\\\\\\&quot;slash&quot;"],
    ] as const
  ) {
    assertEquals(quoted(word), expected);
  }
});

Deno.test("taskScheduler() makes a task of the definition, and runs it", () => {
  const path = "C:\\Users\\Ada\\.devlog\\devlog-collector.task.xml";
  assertEquals(manager.path("service"), path);
  assertEquals(manager.start("service").map(({ args }) => args), [
    ["/Create", "/TN", "devlog-collector", "/XML", path, "/F"],
    ["/Run", "/TN", "devlog-collector"],
  ]);
  assertEquals(manager.stop("background").map(({ args }) => args), [
    ["/End", "/TN", "devlog-collector-background"],
    ["/Delete", "/TN", "devlog-collector-background", "/F"],
  ]);
  assertEquals([manager.read(true, "…"), manager.read(false, "…")], [{ isRunning: false }, undefined]);
});
