/** What is used of picomatch, which comes without types. */

/** How globs are read. */
export interface Options {
  readonly dot?: boolean;
  readonly nocase?: boolean;
  readonly nonegate?: boolean;
  readonly strictBrackets?: boolean;
}

interface Picomatch {
  (globs: readonly string[], options?: Options): (text: string) => boolean;
  makeRe(glob: string, options?: Options): RegExp;
  scan(glob: string): { readonly isGlob: boolean };
}

declare const picomatch: Picomatch;
export default picomatch;
