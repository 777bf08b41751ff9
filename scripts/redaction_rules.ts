// deno-lint-ignore-file no-console -- a script talks to a terminal
/**
 * Makes the table of rules by which secrets are known from the configuration of gitleaks (MIT, Copyright (c) 2019 Zachary
 * Rice), which is in its Go module:
 *
 *     go mod download -json github.com/zricethezav/gitleaks/v8@v8.30.1
 *     deno run -A scripts/redaction_rules.ts DIR/config/gitleaks.toml > src/export/redaction/gitleaks_rules.ts
 *
 * What is changed: a rule begins with its keyword (gitleaks lets up to 50 characters stand before it, which says nothing
 * and takes time), a secret ends where its letters end (there: with a quote or a blank, so a comma hides it), and rules
 * that need the path of a file, that guess, or that the project has a better one of are left out.
 *
 * @module
 */

import { parse } from "@std/toml";

interface GitleaksRule {
  readonly id: string;
  readonly regex?: string;
  readonly path?: string;
  readonly keywords?: readonly string[];
  readonly entropy?: number;
}

/** Rules of our own are better (`own_rules.ts`), or these guess. */
const LEFT_OUT = new Set([
  "generic-api-key",
  "curl-auth-header",
  "curl-auth-user",
  "private-key",
  "jwt",
  "jwt-base64",
  "kubernetes-secret-yaml",
  "hashicorp-tf-password",
  "nuget-config-password",
  "sourcegraph-access-token",
  "openai-api-key",
]);

/** A regular expression of Go's as one of JavaScript's. */
export function toJavaScript(go: string): { readonly source: string; readonly flags: string } {
  const ignoresCase = go.startsWith("(?i)");
  const source = go.slice(ignoresCase ? 4 : 0)
    .replaceAll("[\\w.-]{0,50}?", "")
    .replaceAll("(?:[\\x60'\"\\s;]|\\\\[nr]|$)", "(?![A-Za-z0-9_])")
    .replaceAll("(?:[\\x60'\"\\s;]|\\\\[nr]|$|\\b)", "(?![A-Za-z0-9_])")
    .replace(/\(\?P<\w+>/g, "(?:")
    // Tokens of Vault before 1.10, which any long name of a method looks like.
    .replace("|s\\.(?i:[a-z0-9]{24})", "")
    .replaceAll("\\z", "$")
    .replaceAll("[[:alnum:]]", "[A-Za-z0-9]");
  return { source: scopeFlags(source), flags: ignoresCase ? "gi" : "g" };
}

/** In Go `(?i)` holds to the end of its group; in JavaScript what it holds for stands in parentheses of its own. */
function scopeFlags(source: string): string {
  const start = source.indexOf("(?i)");
  if (start === -1) return source;
  let depth = 0, inClass = false;
  let end = start + 4;
  for (; end < source.length; end++) {
    const character = source[end]!;
    if (character === "\\") end++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "(") depth++;
    else if (character === ")" && depth-- === 0) break;
  }
  return scopeFlags(`${source.slice(0, start)}(?i:${source.slice(start + 4, end)})${source.slice(end)}`);
}

if (import.meta.main) {
  const { rules } = parse(await Deno.readTextFile(Deno.args[0]!)) as unknown as {
    readonly rules: readonly GitleaksRule[];
  };
  const lines = rules
    .filter(({ id, regex, path }) => regex !== undefined && path === undefined && !LEFT_OUT.has(id))
    .map(({ id, regex, keywords = [], entropy = 0 }) => {
      const { source, flags } = toJavaScript(regex!);
      new RegExp(source, flags);
      return `  [${JSON.stringify(id)}, ${JSON.stringify(source)}, ${JSON.stringify(flags)}, ${
        JSON.stringify(keywords)
      }, ${entropy}],`;
    });
  console.log(`/**
 * Rules by which secrets are known, made by \`scripts/redaction_rules.ts\` from gitleaks ${version()}. Do not edit.
 *
 * gitleaks is under the MIT License: Copyright (c) 2019 Zachary Rice. Its text stands in \`docs/dependencies.md\`.
 *
 * @module
 */

// deno-fmt-ignore-file

/** Name, regular expression, its flags, keywords in lower case of which one stands before, least entropy (0: any). */
export const GITLEAKS_RULES: readonly (readonly [string, string, string, readonly string[], number])[] = [
${lines.join("\n")}
];`);
}

function version(): string {
  return /@(v[\d.]+)/.exec(Deno.args[0]!)?.[1] ?? "";
}
