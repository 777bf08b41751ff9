/**
 * Which of two versions is older (https://semver.org, rule 11).
 *
 * @module
 */

interface Version {
  readonly numbers: readonly number[];
  /** What stands before a release: empty for the release itself. */
  readonly before: readonly string[];
}

/** Whether version `a` comes before version `b`; `false` where one of them is none. */
export function isOlder(a: string, b: string): boolean {
  const [first, second] = [parse(a), parse(b)];
  if (first === undefined || second === undefined) return false;
  const difference = first.numbers.map((number, index) => number - second.numbers[index]!)
    .find((difference) => difference !== 0);
  if (difference !== undefined) return difference < 0;
  if (first.before.length === 0 || second.before.length === 0) {
    return first.before.length > 0 && second.before.length === 0;
  }
  return compareParts(first.before, second.before) < 0;
}

function parse(text: string): Version | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
  if (match === null) return undefined;
  return { numbers: match.slice(1, 4).map(Number), before: match[4]?.split(".") ?? [] };
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const [isNumber, otherIsNumber] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (isNumber && otherIsNumber) return Number(part) - Number(other);
    // Numbers come before words.
    if (isNumber !== otherIsNumber) return isNumber ? -1 : 1;
    return part < other ? -1 : 1;
  }
  return a.length - b.length;
}
