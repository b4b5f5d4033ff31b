/** A semantic version; what is no such thing counts as `0.0.0`, older than any release. */
interface Version {
  numbers: [number, number, number];
  prerelease: string[];
}

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

function parse(text: string): Version {
  const match = VERSION.exec(text.trim());
  if (match === null) return { numbers: [0, 0, 0], prerelease: [] };
  return {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3])],
    prerelease: match[4] === undefined ? [] : match[4].split("."),
  };
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const left = a[place];
    const right = b[place];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (left === right) continue;
    const bothNumbers = /^\d+$/.test(left) && /^\d+$/.test(right);
    if (bothNumbers) return Number(left) - Number(right);
    if (/^\d+$/.test(left)) return -1;
    if (/^\d+$/.test(right)) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** By the precedence of semver.org 2.0: below 0 where `a` is older than `b`, above 0 where newer. */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  for (const place of [0, 1, 2] as const) {
    const difference = left.numbers[place] - right.numbers[place];
    if (difference !== 0) return difference;
  }
  return comparePrerelease(left.prerelease, right.prerelease);
}
