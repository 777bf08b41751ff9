/**
 * What the statements in an SQLite schema say of tables and indexes: as much as is needed to read rows by name and to
 * find them by a column.
 *
 * @module
 */

/** A table, by the statement that made it. */
export interface TableShape {
  /** Names of the columns, in lower case. */
  readonly columns: readonly string[];
  /** The column that is the number of the row, -1 if none is. */
  readonly rowid: number;
  /** The columns of each index that the table's own constraints make, in the order of their names. */
  readonly indexes: readonly (readonly string[])[];
  /** Columns whose texts are not in the order of their bytes. */
  readonly collated: readonly string[];
  /** It has no row numbers; such a table is an index itself. */
  readonly isWithoutRowid: boolean;
}

/** Reads `create table …`; `undefined` for what is made otherwise (virtual tables, selects). */
export function parseTable(sql: string): TableShape | undefined {
  const words = wordsOf(sql);
  const open = words.findIndex(({ text }) => text === "(");
  if (open < 0 || words.slice(0, open).some(({ name }) => name === "virtual" || name === "as")) {
    return undefined;
  }
  const { parts, end } = partsIn(words, open);
  const isConstraint = (part: readonly Word[]) => CONSTRAINTS.has(withoutName(part)[0]?.name ?? "");
  const columns = parts.filter((part) => !isConstraint(part));
  const names = columns.map(([word]) => nameOf(word));
  const indexes: (readonly string[])[] = [];
  let rowid = -1;
  for (const part of parts) {
    const rules = isConstraint(part) ? withoutName(part) : part.slice(1);
    const isPrimary = follows(rules, "primary", "key");
    if (!isPrimary && !rules.some(({ name }) => name === "unique")) continue;
    const open = rules.findIndex(({ text }) => text === "(");
    const keys = isConstraint(part)
      ? partsIn(rules, open).parts.map(([word]) => nameOf(word))
      : [nameOf(part[0])];
    const column = names.indexOf(keys[0]!);
    const isRowid = isPrimary && keys.length === 1 && isInteger(columns[column]) &&
      !follows(rules, "key", "desc");
    if (isRowid) rowid = column;
    else indexes.push(keys);
  }
  return {
    columns: names,
    rowid,
    collated: columns.filter((part) => part.some(({ name }) => name === "collate")).map(([word]) =>
      nameOf(word)
    ),
    indexes: withoutRepeats(indexes),
    isWithoutRowid: follows(words.slice(end), "without", "rowid"),
  };
}

/** The columns of an index by `create index …`; `undefined` if it does not hold all rows in the order of their bytes. */
export function parseIndex(sql: string): readonly string[] | undefined {
  const words = wordsOf(sql);
  const open = words.findIndex(({ text }) => text === "(");
  if (open < 0) return undefined;
  const { parts, end } = partsIn(words, open);
  const isPlain = parts.every((part) => part.length === 1 || (part.length === 2 && part[1]!.name === "asc"));
  return isPlain && end === words.length ? parts.map(([word]) => nameOf(word)) : undefined;
}

const CONSTRAINTS: ReadonlySet<string> = new Set(["primary", "unique", "check", "foreign"]);

/** A word of a statement. */
interface Word {
  readonly text: string;
  /** In lower case, unless it stands in quotes: then it is no keyword. */
  readonly name: string | undefined;
}

const WORD =
  /--[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$\u0080-\uffff]+|[^\s\w]/g;

function wordsOf(sql: string): readonly Word[] {
  return Array.from(sql.matchAll(WORD), ([text]) => text)
    .filter((text) => !text.startsWith("--") && !text.startsWith("/*"))
    .map((text) => ({ text, name: /^\w/.test(text) ? text.toLowerCase() : undefined }));
}

/** What stands between a bracket and the one that closes it, cut at its commas, and where that ends. */
function partsIn(words: readonly Word[], open: number): { parts: readonly (readonly Word[])[]; end: number } {
  const parts: Word[][] = [[]];
  let depth = 0;
  for (let index = open; index < words.length; index++) {
    const word = words[index]!;
    if (word.text === ")" && --depth === 0) return { parts, end: index + 1 };
    if (word.text === "," && depth === 1) parts.push([]);
    else if (depth > 0) parts.at(-1)!.push(word);
    if (word.text === "(") depth++;
  }
  return { parts, end: words.length };
}

function nameOf(word: Word | undefined): string {
  const text = word?.text ?? "";
  const quote = text[0] ?? "";
  if (!"\"'`[".includes(quote) || quote === "") return text.toLowerCase();
  const inner = text.slice(1, -1);
  return (quote === "[" ? inner : inner.replaceAll(quote + quote, quote)).toLowerCase();
}

function follows(words: readonly Word[], first: string, second: string): boolean {
  return words.some(({ name }, index) => name === first && words[index + 1]?.name === second);
}

/** A constraint without the name that it may be given. */
function withoutName(part: readonly Word[]): readonly Word[] {
  return part[0]?.name === "constraint" ? part.slice(2) : part;
}

/** Whether the type of a column is `integer` and nothing more. */
function isInteger(part: readonly Word[] | undefined): boolean {
  return part?.[1]?.name === "integer" && (part.length === 2 || BEHIND_TYPE.has(part[2]!.name ?? ""));
}

const BEHIND_TYPE: ReadonlySet<string> = new Set(
  ["primary", "not", "null", "unique", "default", "constraint", "check", "collate", "references"],
);

/** SQLite makes no second index for the same columns. */
function withoutRepeats(indexes: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Set<string>();
  return indexes.filter((columns) => {
    const name = columns.join(",");
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}
