export const packageTargets: string[];
export function ownTarget(): string;
export function targetRefusal(target: string): string | null;
export function nativePackageOf(target: string): string | undefined;
