/**
 * What the tools of Cline, of Roo Code and of Kilo before it was rebuilt do.
 *
 * @module
 */

import type { ToolKinds } from "../tools.ts";

/** By their names, in the rows that the person saw and in the messages that went to the model. */
export const TOOLS: ToolKinds = {
  readfile: "read",
  read_file: "read",
  read_files: "read",
  newfilecreated: "write",
  write_to_file: "write",
  editedexistingfile: "modify",
  applieddiff: "modify",
  insertcontent: "modify",
  searchandreplace: "modify",
  replace_in_file: "modify",
  apply_diff: "modify",
  editor: "modify",
  apply_patch: "modify",
  execute_command: "command",
  run_commands: "command",
  bash: "command",
};
