/**
 * `completions`: prints what makes a shell complete commands, options and their values; made from the table of commands.
 *
 * @module
 */

import { PROGRAM } from "../platform/program.ts";
import type { Command, Invocation, OptionSpec } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./errors.ts";

/** The shells. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** A shell. */
export type Shell = typeof SHELLS[number];

/** The command. */
export const command: Command = {
  name: "completions",
  summary: "Print what makes a shell complete commands",
  usage: "completions bash|zsh|fish|powershell",
  positionals: [{ name: "SHELL", description: "Which one", choices: SHELLS }],
  options: [],
  examples: [
    {
      command: `${PROGRAM} completions bash`,
      description: "In ~/.bashrc: source <(…); zsh likewise in ~/.zshrc",
    },
    {
      command: `${PROGRAM} completions fish`,
      description: `Goes to ~/.config/fish/completions/${PROGRAM}.fish`,
    },
    {
      command: `${PROGRAM} completions powershell | Out-String | Invoke-Expression`,
      description: "PowerShell, in $PROFILE",
    },
  ],
  async run({ positionals, terminal }: Invocation): Promise<number> {
    terminal.out(RENDER[positionals[0] as Shell](await loadCommands()));
    return EXIT.done;
  },
};

/** All commands, in the order of the help. */
export async function loadCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(COMMANDS).map(async ({ load }) => (await load()).command));
}

/** What may stand after a command, or after one of its options. */
interface Words {
  readonly options: readonly string[];
  readonly positionals: readonly string[];
  /** By option: its values, or none where any text may follow. */
  readonly values: readonly (readonly [option: string, values: readonly string[]])[];
}

function wordsOf({ options, positionals }: Command): Words {
  const names = (option: OptionSpec) => [
    `--${option.name}`,
    ...option.alias === undefined ? [] : [`-${option.alias}`],
  ];
  return {
    options: [...options.flatMap(names), "--help"],
    positionals: positionals?.[0]?.choices ?? [],
    values: options.flatMap((option) => {
      if (option.type === "boolean") return [];
      const values = "choices" in option ? option.choices ?? [] : [];
      return names(option).map((name) => [name, values] as const);
    }),
  };
}

const GLOBAL = ["--help", "--version"] as const;

/** Makes the text for each shell. Exported for the tests and the packages. */
export const RENDER: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = {
  bash: renderBash,
  zsh: (commands) =>
    `#compdef ${PROGRAM}\nautoload -U +X bashcompinit && bashcompinit\n${renderBash(commands)}`,
  fish: renderFish,
  powershell: renderPowershell,
};

/** No word of ours needs quoting; that is what this holds them to. */
function list(words: readonly string[]): string {
  for (const word of words) {
    if (!/^[\w.:/-]+$/.test(word)) throw new TypeError(`not a word for a shell: ${word}`);
  }
  return words.join(" ");
}

function renderBash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const { options, positionals, values } = wordsOf(command);
    const valued = values.map(([option, values]) =>
      `        ${option}) ${
        values.length === 0 ? 'COMPREPLY=($(compgen -f -- "$word"))' : `words="${list(values)}"`
      } ;;\n`
    );
    return `    ${command.name})
      case "$before" in
${valued.join("")}        *) words="${list([...positionals, ...options])}" ;;
      esac ;;
`;
  });
  return `# Completion of ${PROGRAM}.
_devlog_collector() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${list([...commands.map(({ name }) => name), "help", ...GLOBAL])}"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join("")}    help) words="${list(commands.map(({ name }) => name))}" ;;
    esac
  fi
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}
complete -F _devlog_collector ${PROGRAM}
`;
}

function renderFish(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = [`# Completion of ${PROGRAM}.`, `complete -c ${PROGRAM} -f`];
  for (const { name, summary } of commands) {
    lines.push(`complete -c ${PROGRAM} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  }
  for (const command of commands) {
    const seen = `-n '__fish_seen_subcommand_from ${command.name}'`;
    const { positionals } = wordsOf(command);
    if (positionals.length > 0) lines.push(`complete -c ${PROGRAM} ${seen} -a ${quote(list(positionals))}`);
    for (const option of command.options) {
      const short = option.alias === undefined ? "" : ` -s ${option.alias}`;
      const values = "choices" in option ? option.choices ?? [] : [];
      const takes = option.type === "boolean"
        ? ""
        : values.length > 0
        ? ` -x -a ${quote(list(values))}`
        : " -r -F";
      lines.push(
        `complete -c ${PROGRAM} ${seen} -l ${option.name}${short}${takes} -d ${quote(option.description)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function renderPowershell(commands: readonly Command[]): string {
  const array = (words: readonly string[]) => `@(${words.map((word) => `'${list([word])}'`).join(", ")})`;
  const entries = commands.map((command) => {
    const { options, positionals, values } = wordsOf(command);
    const valued = values.filter(([, values]) => values.length > 0).map(([option, values]) =>
      `'${option}' = ${array(values)}`
    );
    return `    '${command.name}' = @{ words = ${array([...positionals, ...options])}; values = @{ ${
      valued.join("; ")
    } } }\n`;
  });
  return `# Completion of ${PROGRAM}.
Register-ArgumentCompleter -Native -CommandName ${PROGRAM} -ScriptBlock {
  param($word, $line, $cursor)
  $commands = [ordered]@{
${entries.join("")}  }
  $before = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
  $words = $null
  if ($before.Count -le 1) { $words = @($commands.Keys) + ${array(["help", ...GLOBAL])} }
  else {
    $command = $commands[$before[1]]
    if ($null -ne $command) {
      $words = $command.values[$before[-1]]
      if ($null -eq $words) { $words = $command.words }
    }
  }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
