/**
 * Who may read a folder on Windows, from its security descriptor. Pure.
 *
 * Sources: the security descriptor definition language
 * (https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format), its two-letter names of groups
 * (…/sid-strings) and the form of entries (…/ace-strings).
 *
 * @module
 */

/** Groups that hold more than one person, by the names that descriptors give them, or their identifiers. */
const GROUPS: Readonly<Record<string, string>> = {
  WD: "Everyone",
  "S-1-1-0": "Everyone",
  AN: "Anonymous",
  "S-1-5-7": "Anonymous",
  AU: "Authenticated Users",
  "S-1-5-11": "Authenticated Users",
  IU: "Interactive",
  "S-1-5-4": "Interactive",
  BU: "Users",
  "S-1-5-32-545": "Users",
  BG: "Guests",
  "S-1-5-32-546": "Guests",
  DU: "Domain Users",
  DG: "Domain Guests",
};

/** `A` allows; then come flags, rights, two kinds of objects, and who. */
const ALLOWING = /\((?:A|XA);[^;()]*;([^;()]*);[^;()]*;[^;()]*;([^;()]+)[^()]*\)/g;

/** Rights, as letters, that include reading what is in a folder. */
const READING = /FA|FR|GA|GR|KA|KR|CC/;
/** FILE_READ_DATA, which is FILE_LIST_DIRECTORY; GENERIC_READ; GENERIC_ALL. */
const READING_BITS = 0x1 | 0x80000000 | 0x10000000;

/**
 * The groups that may read what has this descriptor; empty where only people who are named may, and the system.
 *
 * @param descriptor in SDDL: `D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;S-1-5-21-…)`
 */
export function readingGroups(descriptor: string): readonly string[] {
  const found = Array.from(descriptor.matchAll(ALLOWING), ([, rights, who]) => {
    const reads = rights!.startsWith("0x") ? (Number(rights) & READING_BITS) !== 0 : READING.test(rights!);
    return reads ? GROUPS[who!] : undefined;
  });
  return [...new Set(found.filter((group) => group !== undefined))];
}
