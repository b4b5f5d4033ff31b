import { readFile } from "node:fs/promises";
import type { MatrixCase } from "./cases.ts";
import type { Judgement } from "./judge.ts";

/** One case over all its runs. */
export interface CaseResult {
  matrixCase: MatrixCase;
  judgements: readonly Judgement[];
}

const HEAD = `# SDKs

What Taximeter sees of each SDK. This page is written by \`test/e2e/matrix.test.ts\`, which runs every package, as it is published, against a local stand-in for its provider, with the shim and without. "Exact" means: the host saw no difference, and each billed exchange was one call with the provider's own figures, its model, operation and status; nothing else was.

`;

const FOOT = `
The versions are those of \`test/e2e/matrix/package-lock.json\`. Node 20 is left out where a package asks for a newer one, CommonJS where a package is published without.
`;

const columns = ["package", "version", "modules", "Node", "what was called", "result"] as const;

/** The page, the same for the same results. `lockFile` says the versions. */
export async function writeTable(results: readonly CaseResult[], lockFile: string): Promise<string> {
  const lock: { packages: Record<string, { name?: string; version: string }> } = JSON.parse(
    await readFile(lockFile, "utf8"),
  );
  const rows = results.map(({ matrixCase, judgements }) => {
    const { name, packages, systems, nodes } = matrixCase;
    const installed = packages.map((alias) => {
      const entry = lock.packages[`node_modules/${alias}`];
      if (entry === undefined) throw new Error(`${alias} is not in ${lockFile}`);
      return { name: entry.name ?? alias, version: entry.version };
    });
    return [
      packageCell(name, installed),
      installed.map(({ version }) => version).join("<br>"),
      systems.join(", "),
      nodes.join(", "),
      (judgements[0]?.steps ?? []).join("; "),
      resultOf(judgements),
    ].map(escaped);
  });
  return HEAD + tableOf([[...columns], ...rows]) + FOOT;
}

/** The packages; and what the case's name says besides, as "over HTTP/2". */
function packageCell(name: string, installed: readonly { name: string }[]): string {
  const more = /(?: over |: )(.+)$/.exec(name)?.[1];
  const names = installed.map((each) => `\`${each.name}\``).join("<br>");
  return more === undefined ? names : `${names}<br>${name.includes(" over ") ? "over " : ""}${more}`;
}

function resultOf(judgements: readonly Judgement[]): string {
  const faults = judgements.flatMap((each) => each.faults);
  if (faults.length > 0) return `**failed**: ${faults[0]}`;
  const reasons = new Set(judgements.flatMap(({ gaps }) => gaps.map(({ reason }) => reason)));
  const { metered, amiss } = judgements.find((each) => each.amiss > 0) ??
    judgements[0] ?? { metered: 0, amiss: 0 };
  if (amiss === 0) return `${metered} calls, exact`;
  return `${metered} of ${metered + amiss} calls exact: ${[...reasons].join("; ")}`;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** A Markdown table whose columns are as wide as their widest cell. */
function tableOf(rows: readonly string[][]): string {
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const padded = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  const [head = "", ...body] = padded;
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("");
}
