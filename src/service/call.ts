/**
 * Calls the system's own programs.
 *
 * @module
 */

import type { Call } from "./managers/manager.ts";

/** What a program that was called has said. */
export interface Answer {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls a program; it fails where that is not there. */
export type RunCall = (call: Call) => Promise<Answer>;

/** Calls a program and waits for its end. */
export async function runCall({ program, args }: Call): Promise<Answer> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" })
      .output();
    const decoder = new TextDecoder();
    return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { success: false, stdout: "", stderr: `${program} is not there` };
  }
}
