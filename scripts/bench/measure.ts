import { spawn } from "node:child_process";

/** One measured figure; a ratio has the unit `×`. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
}

const TIMEOUT_MS = 15 * 60_000;

/** Runs one file of measurements and gathers what it prints. Its other output goes to the terminal. */
export async function measure(file: string): Promise<Figure[]> {
  const child = spawn(process.execPath, [file], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${file} ended with exit code ${code}`);
  return output.split("\n").flatMap((line) => figureIn(line) ?? []);
}

function figureIn(line: string): Figure | null {
  if (!line.startsWith("{")) return null;
  const { name, value, unit } = JSON.parse(line) as Record<string, unknown>;
  if (typeof name !== "string" || typeof value !== "number" || typeof unit !== "string") return null;
  return { name, value, unit };
}

/** The value that `share` (0 to 1) of the values are not above. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function printFigure(name: string, value: number, unit: string): void {
  process.stdout.write(`${JSON.stringify({ name, value, unit } satisfies Figure)}\n`);
}
