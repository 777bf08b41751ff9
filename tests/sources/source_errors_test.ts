import { assertEquals } from "@std/assert";
import {
  SourceBusyError,
  sourceErrorOf,
  SourceGoneError,
  SourceRefusedError,
} from "../../src/sources/source_errors.ts";

Deno.test("sourceErrorOf() takes for gone only what the system does not find", () => {
  const path = "C:\\sessions\\s.jsonl";
  const cases = [
    [new Deno.errors.NotFound("The system cannot find the file specified. (os error 2)"), SourceGoneError],
    [new Deno.errors.NotADirectory("Not a directory (os error 20)"), SourceGoneError],
    [new Deno.errors.PermissionDenied("Access is denied. (os error 5)"), SourceRefusedError],
    // A sharing violation, as versions of Deno have it.
    [
      new Deno.errors.Busy(
        "The process cannot access the file because it is being used by another process. (os error 32)",
      ),
      SourceBusyError,
    ],
    [
      new Error(
        "The process cannot access the file because it is being used by another process. (os error 32)",
      ),
      SourceBusyError,
    ],
    [new Error("Too many open files (os error 24)"), SourceBusyError],
  ] as const;
  for (const [cause, expected] of cases) {
    const error = sourceErrorOf(path, cause);
    assertEquals([error.constructor, error.cause], [expected, cause]);
  }
  const known = new SourceGoneError(path);
  assertEquals(sourceErrorOf(path, known), known);
});
