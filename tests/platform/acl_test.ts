import { assertEquals } from "@std/assert";
import { readingGroups } from "../../src/platform/acl.ts";

Deno.test("readingGroups() finds nobody in the descriptor of a folder in a user's profile", () => {
  assertEquals(
    readingGroups(
      "data\r\nD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;S-1-5-21-1004336348-1177238915-682003330-1001)\r\n",
    ),
    [],
  );
});

Deno.test("readingGroups() names the groups that may read, each once", () => {
  const folder = "D:AI(A;ID;FA;;;BA)(A;OICIIOID;GA;;;BA)(A;ID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)" +
    "(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)(A;;FR;;;S-1-1-0)";
  assertEquals(readingGroups(folder), ["Users", "Authenticated Users", "Everyone"]);
});

Deno.test("readingGroups() does not mind those that may only write, and those that are denied", () => {
  assertEquals(readingGroups("D:(D;;FA;;;WD)(A;;0x100002;;;BU)(A;;SDWD;;;AU)(AU;SA;FA;;;WD)"), []);
});
