/**
 * What a build says of where it comes from.
 *
 * @module
 */

/** Where a build comes from. */
export interface Stamp {
  /** Of git, 12 digits, with `-modified` where the tree is not what was committed; `undefined` outside of git. */
  readonly commit: string | undefined;
  /** When that was committed, seconds since the epoch: the time of every file in what is built. */
  readonly time: number;
}

/** Where time is unknown: the first that a zip can say. 1980-01-02, UTC. */
const NO_TIME = 315_619_200;

/**
 * The stamp of the checkout at `root`. `SOURCE_DATE_EPOCH` sets another time
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 *
 * @throws {Error} if `SOURCE_DATE_EPOCH` is no number
 */
export async function readStamp(root: string): Promise<Stamp> {
  const [commit, time] = (await git(root, "log", "-1", "--abbrev=12", "--format=%h %ct"))?.split(" ") ?? [];
  const changes = await git(root, "status", "--porcelain", "--untracked-files=no");
  return {
    commit: commit === undefined ? undefined : changes === "" ? commit : `${commit}-modified`,
    time: givenTime() ?? (time === undefined ? NO_TIME : Number(time)),
  };
}

function givenTime(): number | undefined {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given === undefined || given === "") return undefined;
  if (/^\d{1,12}$/.test(given)) return Number(given);
  throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${given}`);
}

/** What git prints, `undefined` where there is no git or no repository. */
async function git(root: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const command = new Deno.Command("git", { args: ["-C", root, ...args], stdin: "null", stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
