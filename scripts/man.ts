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

/** A text that goes with the program. */
export interface ManualFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The man page and the completions.
 *
 * @param time of the release, seconds since the epoch
 */
export async function manualFiles(time: number): Promise<readonly ManualFile[]> {
  const commands = await loadCommands();
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  return [
    { path: "devlog-collector.1", text: renderMan(commands, denoJson.version, date) },
    ...(Object.entries(FILES) as [Shell, string][]).map(([shell, path]) => ({
      path,
      text: RENDER[shell](commands),
    })),
  ];
}

async function writeManual(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/completions`, { recursive: true });
  for (const { path, text } of await manualFiles(Date.now() / 1000)) {
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
}

if (import.meta.main) await writeManual(Deno.args[0] ?? "dist");
