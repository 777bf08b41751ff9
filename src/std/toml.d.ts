/** As `parse()` of @std/toml. */
export function parse(text: string): Record<string, unknown>;
