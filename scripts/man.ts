/**
 * Writes the man page and the completions of all shells into a folder, `dist/` unless another is named.
 *
 * `deno run -A scripts/man.ts [FOLDER]`
 *
 * @module
 */

import denoJson from "../deno.json" with { type: "json" };
import { loadCommands, RENDER, type Shell } from "../src/cli/completions.ts";
import { renderMan } from "../src/cli/man.ts";

/** What the files of each shell are called where shells look for them. */
const FILES: Readonly<Record<Shell, string>> = {
  bash: "completions/devlog-collector.bash",
  zsh: "completions/_devlog-collector",
  fish: "completions/devlog-collector.fish",
  powershell: "completions/devlog-collector.ps1",
};

/** Writes them. `date` is that of the release. */
export async function writeManual(folder: string, date: string): Promise<void> {
  const commands = await loadCommands();
  await Deno.mkdir(`${folder}/completions`, { recursive: true });
  await Deno.writeTextFile(`${folder}/devlog-collector.1`, renderMan(commands, denoJson.version, date));
  for (const [shell, file] of Object.entries(FILES) as [Shell, string][]) {
    await Deno.writeTextFile(`${folder}/${file}`, RENDER[shell](commands));
  }
}

if (import.meta.main) {
  await writeManual(Deno.args[0] ?? "dist", new Date().toISOString().slice(0, 10));
}
