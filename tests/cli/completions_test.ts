import { assert, assertEquals } from "@std/assert";
import { loadCommands, RENDER, type Shell } from "../../src/cli/completions.ts";
import { renderMan } from "../../src/cli/man.ts";
import { skipUnless } from "../skips.ts";

/** Runs a script in a shell that has read the completions, and returns the words that it prints. */
async function wordsOf(
  shell: Shell,
  program: string,
  args: (file: string) => readonly string[],
): Promise<string[]> {
  const file = await Deno.makeTempFile({ suffix: `.${shell}` });
  try {
    await Deno.writeTextFile(file, RENDER[shell](await loadCommands()));
    const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args(file)], stdin: "null" })
      .output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    return new TextDecoder().decode(stdout).split(/\s+/).filter((word) => word !== "");
  } finally {
    await Deno.remove(file);
  }
}

const bash = (...words: readonly string[]) =>
  wordsOf("bash", "bash", (file) => [
    "-c",
    `source ${file}; COMP_WORDS=(devlog-collector ${words.map((word) => `'${word}'`).join(" ")}); ` +
    `COMP_CWORD=${words.length}; _devlog_collector; echo "\${COMPREPLY[@]}"`,
  ]);

Deno.test({
  name: "bash completes commands, options and their values [needs bash]",
  ...skipUnless("bash"),
  fn: async () => {
    assertEquals(await bash("st"), ["start", "stop", "status", "stats"]);
    assertEquals(await bash("start", "--no"), ["--no-history"]);
    assertEquals(await bash("query", "--format", "j"), ["json", "jsonl"]);
    assertEquals(await bash("query", "--type", "llm"), ["llm_request", "llm_response"]);
    assertEquals(await bash("backfill", "r"), ["run"]);
    assertEquals(await bash("nothing", "x"), []);
  },
});

Deno.test({
  name: "zsh completes by the same function [needs zsh]",
  ...skipUnless("zsh"),
  fn: async () => {
    const words = await wordsOf("zsh", "zsh", (file) => [
      "-f",
      "-c",
      `autoload -Uz compinit && compinit -u -D; source ${file}; ` +
      `emulate bash -c 'COMP_WORDS=(devlog-collector query --format j); COMP_CWORD=3; _devlog_collector; echo "\${COMPREPLY[@]}"'; ` +
      `print \${_comps[devlog-collector]:+registered}`,
    ]);
    // What has been typed is held against the words by zsh itself.
    assertEquals(words, ["text", "json", "jsonl", "registered"]);
  },
});

Deno.test({
  name: "fish completes commands, options and their values [needs fish]",
  ...skipUnless("fish"),
  fn: async () => {
    const fish = (line: string) =>
      wordsOf(
        "fish",
        "fish",
        (file) => ["--no-config", "-c", `source ${file}; complete -C '${line}' | cut -f1`],
      );
    assertEquals(await fish("devlog-collector sta"), ["start", "stats", "status"]);
    assertEquals(await fish("devlog-collector query --format j"), ["json", "jsonl"]);
    assertEquals(await fish("devlog-collector start --no"), ["--no-history"]);
    assertEquals(await fish("devlog-collector completions f"), ["fish"]);
  },
});

Deno.test({
  name: "PowerShell completes commands, options and their values [needs pwsh]",
  ...skipUnless("pwsh"),
  fn: async () => {
    const pwsh = (line: string) =>
      wordsOf("powershell", "pwsh", (file) => [
        "-NoProfile",
        "-Command",
        `Get-Content -Raw ${file} | Invoke-Expression; ` +
        `(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`,
      ]);
    assertEquals(await pwsh("devlog-collector sta"), ["start", "status", "stats"]);
    assertEquals(await pwsh("devlog-collector query --format j"), ["json", "jsonl"]);
  },
});

Deno.test("the completions of every shell name every command and every option", async () => {
  const commands = await loadCommands();
  for (const [shell, render] of Object.entries(RENDER)) {
    const text = render(commands);
    for (const { name, options } of commands) {
      assert(text.includes(name), `${shell}: ${name}`);
      for (const option of options) assert(text.includes(option.name), `${shell}: ${name} --${option.name}`);
    }
  }
});

Deno.test({
  name: "the man page has every command and option, and mandoc finds nothing wrong with it [needs mandoc]",
  ...skipUnless("mandoc"),
  fn: async () => {
    const commands = await loadCommands();
    const file = await Deno.makeTempFile({ suffix: ".1" });
    try {
      await Deno.writeTextFile(file, renderMan(commands, "1.2.3", "2026-01-31"));
      const lint = await new Deno.Command("mandoc", { args: ["-T", "lint", "-W", "warning", file] }).output();
      assertEquals(new TextDecoder().decode(lint.stdout), "");
      const page = await new Deno.Command("mandoc", { args: ["-T", "ascii", "-O", "width=200", file] })
        .output();
      // deno-lint-ignore no-control-regex -- bold is a letter, a backspace and the letter again
      const text = new TextDecoder().decode(page.stdout).replace(/.\x08/g, "");
      for (const { usage, options } of commands) {
        assert(text.includes(usage), usage);
        for (const { name } of options) assert(text.includes(`--${name}`), name);
      }
    } finally {
      await Deno.remove(file);
    }
  },
});
