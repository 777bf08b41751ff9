/**
 * A folder for one test's store.
 *
 * @module
 */

/** A temporary folder that is removed at the end of its scope: `using folder = new TempFolder()`. */
export class TempFolder {
  readonly path = Deno.makeTempDirSync({ prefix: "devlog-store-" });

  /** Where the store is put. */
  get store(): string {
    return `${this.path}/devlog.db`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
