import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { cursor } from "../../src/agents/cursor.ts";
import { NeighbourReader } from "../../src/sources/neighbours.ts";
import { readable } from "../agents/readable.ts";
import { TempFolder } from "../store/temp_store.ts";

/** Windows of Cursor, each with the conversations that it lists. */
class Windows implements Disposable {
  readonly #folder = new TempFolder();
  readonly folder = { realRoot: Deno.realPathSync(this.#folder.path), file: "state.vscdb" };
  now = 0;
  readonly #reader = new NeighbourReader(() => this.now);

  list(
    window: string,
    conversations: unknown,
    workspace: object | null = { folder: `file:///home/ada/${window}` },
  ) {
    const folder = join(this.folder.realRoot, window);
    Deno.mkdirSync(folder, { recursive: true });
    if (workspace !== null) {
      Deno.writeTextFileSync(join(folder, "workspace.json"), JSON.stringify(workspace));
    }
    using database = new DatabaseSync(join(folder, "state.vscdb"));
    database.exec("create table if not exists ItemTable (key text unique on conflict replace, value blob)");
    database.prepare("insert into ItemTable values ('composer.composerData', ?)").run(
      typeof conversations === "string" ? conversations : JSON.stringify({ allComposers: conversations }),
    );
  }

  of(conversation: string): string | undefined {
    return this.#reader.workspaceOf(conversation, readable(cursor), this.folder);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

const composer = (composerId: string) => ({ type: "head", composerId, createdAt: 1 });

Deno.test("a conversation is of the window that lists it, of several of the first by name", () => {
  using windows = new Windows();
  windows.list("b", [composer("one"), composer("two")]);
  windows.list("a", [composer("two"), null, {}, { composerId: 7 }]);
  windows.list("c", [composer("three")], { workspace: "file:///home/ada/c/all.code-workspace" });
  windows.list("1751626645507", [composer("four")], null);
  assertEquals(["one", "two", "three", "four", "five"].map((id) => windows.of(id)), [
    "/home/ada/b",
    "/home/ada/a",
    "/home/ada/c",
    undefined,
    undefined,
  ]);
});

Deno.test("a window that lists no more than what is open has shown the others", () => {
  using windows = new Windows();
  windows.list("a", [composer("one")]);
  const path = join(windows.folder.realRoot, "a", "state.vscdb");
  using database = new DatabaseSync(path);
  const put = database.prepare("insert into ItemTable values (?, ?)");
  put.run("composer.composerData", JSON.stringify({ selectedComposerIds: ["two", 7] }));
  put.run(
    "workbench.panel.composerChatViewPane.pane",
    JSON.stringify({ "workbench.panel.aichat.view.three": { isHidden: false }, "another.key": {} }),
  );
  put.run("workbench.panel.composerChatViewPane.pane.hidden", "[7]");
  const found = ["one", "two", "three", "another.key"].map((id) => windows.of(id));
  assertEquals(found, [undefined, "/home/ada/a", "/home/ada/a", undefined]);
});

Deno.test("what can't be read says nothing, and hides nothing", () => {
  using windows = new Windows();
  windows.list("a", "[half");
  windows.list("b", [composer("one")]);
  Deno.writeTextFileSync(join(windows.folder.realRoot, "a file"), "");
  Deno.mkdirSync(join(windows.folder.realRoot, "empty"));
  Deno.mkdirSync(join(windows.folder.realRoot, "aaa"));
  Deno.writeTextFileSync(join(windows.folder.realRoot, "aaa", "state.vscdb"), "no database".repeat(100));
  assertEquals(windows.of("one"), "/home/ada/b");
});

Deno.test("what was said is believed for a minute, and then read again", () => {
  using windows = new Windows();
  windows.list("a", [composer("one")]);
  assertEquals(windows.of("two"), undefined);
  windows.list("a", [composer("one"), composer("two")]);
  assertEquals(windows.of("two"), undefined);
  windows.now += 60_001;
  assertEquals(windows.of("two"), "/home/ada/a");
});
