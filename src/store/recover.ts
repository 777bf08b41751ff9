export function recoverStore(_path: string, _now: number): void { throw new Error("later"); }
