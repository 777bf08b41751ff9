export async function diskSpace(_p: string): Promise<{free:number;total:number}> { return await Promise.resolve({free:1e12,total:2e12}); }
export function isTooLittle(_s: {free:number;total:number}): boolean { return false; }
export function networkMountOf(_p: string, _m: string, _os: string): string|undefined { return undefined; }
