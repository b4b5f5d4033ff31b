import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonConnection } from "../daemon/client/daemonConnection.ts";
import { homeFiles } from "../shared/protocol.ts";
import { builtFile, endDaemon, projectDirectory, startDaemon } from "./e2e/lib/daemon.ts";
import { eventually, startProcess } from "./e2e/lib/processes.ts";
import { readZip } from "./e2e/lib/zip.ts";
import { type SecretiveProvider, startSecretiveProvider } from "./privacy/secretiveProvider.ts";

/** One secret for each place where apps have some; words, since no rule but the right one may let them go. */
const places = [
  "apiKey",
  "header",
  "cookie",
  "query",
  "systemPrompt",
  "prompt",
  "user",
  "inboundQuery",
  "inboundHeader",
  "environment",
  "completion",
] as const;
const secrets = Object.fromEntries(
  places.map((place) => [place, `secret-${place.toLowerCase()}-${randomBytes(8).toString("hex")}`]),
);

/** How a text may lie in a file. */
function forms(text: string): Buffer[] {
  return [
    Buffer.from(text, "utf8"),
    Buffer.from(text, "utf16le"),
    Buffer.from(Buffer.from(text).toString("base64")),
    Buffer.from(Buffer.from(text).toString("hex")),
  ];
}

function secretsIn(content: Buffer): string[] {
  return Object.entries(secrets)
    .filter(([, text]) => forms(text).some((form) => content.includes(form)))
    .map(([place]) => place);
}

async function filesBelow(directory: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(relative(directory, path), await readFile(path));
  }
  return files;
}

/** Which file holds which secret. */
async function leaksBelow(directory: string): Promise<string[]> {
  const files = await filesBelow(directory);
  return [...files].flatMap(([path, content]) => secretsIn(content).map((place) => `${place} in ${path}`));
}

/** Each run of the app makes this many attempts. */
const ATTEMPTS = 4;

describe("of secrets that a metered app handles", () => {
  let home: string;
  let provider: SecretiveProvider;
  let daemon: DaemonConnection;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "taximeter-privacy-"));
    provider = await startSecretiveProvider(secrets["completion"] ?? "");
    daemon = await startDaemon(home);
  });

  afterAll(async () => {
    daemon.dispose();
    await endDaemon(home);
    await provider.close();
    await rm(home, { recursive: true, force: true });
  });

  async function runApp(): Promise<void> {
    const app = startProcess(
      process.execPath,
      [
        "--require",
        builtFile("register.cjs"),
        fileURLToPath(new URL("privacy/chattyApp.mjs", import.meta.url)),
      ],
      {
        cwd: projectDirectory,
        env: {
          ...process.env,
          TAXIMETER_HOME: home,
          TAXIMETER_PROVIDERS: `${provider.host}=openai`,
          BASE_URL: `http://${provider.host}/v1`,
          SECRETS: JSON.stringify(secrets),
          DATABASE_PASSWORD: secrets["environment"],
        },
      },
    );
    expect(await app.exited, app.output()).toBe(0);
    // The app itself got what it asked for.
    expect(app.output().split(secrets["completion"] ?? "-")).toHaveLength(4);
  }

  test("none is in the spool, while no daemon runs", async () => {
    await runApp();
    expect(provider.requests()).toBe(ATTEMPTS);
    const spooled = await filesBelow(join(home, homeFiles.spool));
    expect(Buffer.concat([...spooled.values()]).toString("utf8")).toContain("gpt-4o-mini");
    expect(await leaksBelow(home)).toEqual([]);
  });

  test("none is in the database, the logs, the API's answers or an export", async () => {
    await daemon.request("status", {});
    await runApp();
    const { calls } = await eventually("both runs are stored", async () => {
      const page = await daemon.request("calls", { query: { from: "today" } });
      return page.calls.length === 2 * ATTEMPTS && page.calls.every(({ status }) => status !== "pending")
        ? page
        : undefined;
    });
    expect(secretsIn(Buffer.from(JSON.stringify(calls)))).toEqual([]);
    expect(new Set(calls.map(({ source }) => source))).toEqual(new Set(["/api/chat"]));
    expect(calls.filter(({ status }) => status === "error")).toHaveLength(2);

    const exported = startProcess(process.execPath, [builtFile("cli.mjs"), "export", "--format", "ndjson"], {
      cwd: projectDirectory,
      env: { ...process.env, TAXIMETER_HOME: home },
    });
    expect(await exported.exited, exported.output()).toBe(0);
    expect(exported.output().trim().split("\n")).toHaveLength(2 * ATTEMPTS);
    expect(secretsIn(Buffer.from(exported.output()))).toEqual([]);

    // The search finds what is there.
    const stored = Buffer.concat([...(await filesBelow(home)).values()]);
    expect(stored.includes("gpt-4o-mini")).toBe(true);
    expect(await leaksBelow(home)).toEqual([]);
  });
});

const vsix = process.env["TAXIMETER_TEST_VSIX"];

describe.skipIf(vsix === undefined)("the package", () => {
  let files: Map<string, Buffer>;

  beforeAll(async () => {
    files = await readZip(vsix ?? "");
  });

  test("holds what the extension needs", () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        "extension/package.json",
        "extension/readme.md",
        "extension/changelog.md",
        "extension/LICENSE.txt",
        "extension/dist/extension.js",
        "extension/dist/daemon.mjs",
        "extension/dist/store-worker.mjs",
        "extension/dist/cli.mjs",
        "extension/dist/register.cjs",
        "extension/dist/register.mjs",
        "extension/dist/webview/dashboard.js",
        "extension/dist/node_modules/libsql/index.js",
      ]),
    );
  });

  test("holds no source, source map, test or document of the developers", () => {
    const strays = [...files.keys()].filter((path) =>
      /\.(map|tsx?|test\.\w+)$|(^|\/)(test|docs|examples|scripts|\.ci|\.vscode|\.env[^/]*)(\/|$)/.test(
        path.replace(/^extension\/docs\/images\//, ""),
      ),
    );
    expect(strays).toEqual([]);
    // The daemon reads such comments of others, so the word alone says nothing.
    const mapped = [...files].filter(([, content]) =>
      /^(\/\/|\/\*)[#@] sourceMappingURL=/m.test(content.toString("latin1")),
    );
    expect(mapped.map(([path]) => path)).toEqual([]);
  });

  test("holds no path of the machine it was built on, and no key", () => {
    const paths = [projectDirectory, join(homedir(), "/")];
    for (const [path, content] of files) {
      // Binaries carry paths of the machine that built them, which is not this one.
      const wanted = path.endsWith(".node") ? [projectDirectory] : paths;
      for (const text of wanted) expect(content.includes(text), `${text} in ${path}`).toBe(false);
      if (!path.endsWith(".node"))
        expect(content.toString("latin1"), path).not.toMatch(/\bsk-[A-Za-z0-9_-]{20,}/);
    }
  });
});
