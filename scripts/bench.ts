/**
 * `npm run bench`: measures, and writes docs/benchmarks.md; `-- --only editor` renews that section alone. Each of `scripts/bench/*.ts` prints its figures as JSON lines
 * `{name, value, unit}`; what they compare they measure in one run, so that their ratios hold on any machine.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Figure, measure } from "./bench/measure.ts";
import { buildBundles } from "./lib/build.mjs";
import { runCommand } from "./lib/commands.mjs";
import { projectDirectory } from "./lib/project.mjs";

const suites = [
  {
    file: "host.ts",
    title: "In the developer's process",
    about: "Each call against the same call unmetered.",
  },
  { file: "ingest.ts", title: "In the daemon", about: "Batches of 1,000 calls against bare inserts." },
  {
    file: "dashboard.ts",
    title: "In the dashboard",
    about:
      "The page that the daemon serves, in Chromium on the same machine, a screen of 60 frames a second (16.7 ms). Scrolled by a whole window a frame, which no hand does: every row is another at every frame.",
  },
  {
    file: "editor.ts",
    title: "In the editor",
    about:
      "The packaged extension in real VS Code (code-server) with Chromium on the same machine. Activation as VS Code counts it holds the loading of its own extensions that start at the same time.",
  },
  {
    file: "team.ts",
    title: "In a team's database",
    about: "A year of fifty developers in a real libSQL server; rows as the server counts them.",
  },
];

const { values } = parseArgs({ options: { only: { type: "string" } } });
const file = join(projectDirectory, "docs", "benchmarks.md");
const sections: string[] = [];
const [loadBefore = 0] = loadavg();
await buildBundles();
for (const suite of suites) {
  if (values.only !== undefined && values.only !== suite.file.replace(".ts", "")) continue;
  console.log(`\n▸ ${suite.title}`);
  const figures = await measure(join(projectDirectory, "scripts", "bench", suite.file));
  for (const { name, value, unit } of figures) console.log(`  ${name}: ${readable(value)} ${unit}`);
  sections.push(`## ${suite.title}\n\n${suite.about}\n\n${table(figures)}`);
}
const whole = `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}. Absolute figures are this machine's; ratios compare what was measured in one run.

${sections.join("\n\n")}
`;
const page = values.only === undefined ? whole : await renewed(sections[0] ?? "");
await mkdir(join(projectDirectory, "docs"), { recursive: true });
await writeFile(file, page);
// The page is under the formatter's eye like any other.
await runCommand("biome", ["format", "--write", "--no-errors-on-unmatched", file], { timeoutMs: 30_000 });
console.log(`\nwritten to ${file}`);

/** The page as it is with this section in place of the one of the same title. */
async function renewed(section: string): Promise<string> {
  const [title] = section.split("\n");
  const parts = (await readFile(file, "utf8")).split(/\n(?=## )/);
  // Whatever else ran meanwhile is in the figures.
  const busy = `load average before it ${loadBefore.toFixed(1)}`;
  const measured = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine()}, ${busy}.`;
  const text = `${section.replace("\n\n", `\n\n${measured} `)}\n`;
  if (!parts.some((part) => part.startsWith(`${title}\n`))) return [...parts, text].join("\n");
  return parts.map((part) => (part.startsWith(`${title}\n`) ? text : part)).join("\n");
}

function machine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}`;
}

function table(figures: Figure[]): string {
  const rows = figures.map(({ name, value, unit }) => `| ${name} | ${readable(value)} | ${unit} |`);
  return ["| figure | value | unit |", "| --- | ---: | --- |", ...rows].join("\n");
}

/** Three significant digits, and no exponent. */
function readable(value: number): string {
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 }).format(value);
}
