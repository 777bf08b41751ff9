/**
 * Reads the texts that went to the model: the program wraps what was typed, and adds what it knows of the machine.
 *
 * @module
 */

/** What such a text has of what was typed. */
export function typed(text: string): string | undefined {
  const wrapped = /<(task|feedback|user_message|answer)>\s*([\s\S]*?)\s*<\/\1>/.exec(text);
  if (wrapped !== null) return wrapped[2];
  return /^\s*(?:<environment_details>|\[ERROR\]|<system-reminder>|# task_progress|\[[a-z_]+(?: for .*)?\] Result:)/
      .test(text)
    ? undefined
    : text;
}

/** The project that such a text names; its last part does, behind all that the person may have pasted. */
export function workspaceIn(text: string): string | undefined {
  const [, folder] =
    [...text.matchAll(/# Current (?:Working|Workspace) Directory \((.+?)\) Files/g)].at(-1) ?? [];
  // It is written with `/` on Windows, too.
  return folder !== undefined && /^[a-z]:\//i.test(folder) ? folder.replaceAll("/", "\\") : folder;
}

/** The model that such a text names, of Roo Code and Kilo. */
export function modelIn(text: string): string | undefined {
  return [...text.matchAll(/# Current Mode\n[^#]*?<model>([^<]+)<\/model>/g)].at(-1)?.[1];
}
