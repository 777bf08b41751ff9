/**
 * Reads the patches of `apply_patch`:
 *
 * ```text
 * *** Begin Patch
 * *** Add File: new.py
 * +print("hello")
 * *** Update File: old.py
 * @@
 * -a
 * +b
 * *** End Patch
 * ```
 *
 * @module
 */

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";

/** The patch that a shell command applies (`apply_patch <<'EOF' …`), if it is nothing but that. */
export function findPatch(command: string): string | undefined {
  if (!/^\s*(?:cd\s[^\n;&|]*&&\s*)?["']?(?:apply_patch|applypatch)\b/.test(command)) return undefined;
  const start = command.indexOf(BEGIN);
  if (start < 0) return undefined;
  const end = command.lastIndexOf(END);
  return command.slice(start, end < 0 ? undefined : end + END.length);
}

/** The path of the first file that a patch names, as it stands there. */
export function pathOfPatch(patch: string): string | undefined {
  return /^\*\*\* (?:Add|Update|Delete) File: (.+?)\s*$/m.exec(patch)?.[1];
}

/** The content of the file that a patch adds, if that is all it does. */
export function readNewFile(patch: string): string | undefined {
  if (!/^\s*\*\*\* Begin Patch[ \r]*\n\*\*\* Add File: /.test(patch)) return undefined;
  const lines = patch.trim().split("\n").slice(2);
  if (lines.at(-1)?.trim() === END) lines.pop();
  return lines.every((line) => line.startsWith("+"))
    ? lines.map((line) => `${line.slice(1)}\n`).join("")
    : undefined;
}
