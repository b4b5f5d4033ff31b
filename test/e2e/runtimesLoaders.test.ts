import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureNode20, ensurePackages } from "../../scripts/lib/provision.mjs";
import { runNode } from "../shim/lib/hostProcess.ts";
import { builtFile } from "./lib/daemon.ts";
import { hostsBeside, type Preload, runMetered } from "./runtimes/meteredHost.ts";

const versions = [20, 24] as const;
const nodes: Record<(typeof versions)[number], string> = { 20: "", 24: process.execPath };
let place: Awaited<ReturnType<typeof hostsBeside>>;

beforeAll(async () => {
  nodes[20] = await ensureNode20();
  place = await hostsBeside(
    await ensurePackages(join(import.meta.dirname, "runtimes", "loaders")),
    "loaders",
  );
  const { folder } = place;
  const typed = `const who: string = "TypeScript" satisfies string;\nmakeCalls(OpenAI, who);\n`;
  await writeFile(
    join(folder, "typed.mts"),
    `import OpenAI from "openai";\nimport { makeCalls } from "./calls.cjs";\n${typed}`,
  );
  await writeFile(
    join(folder, "typed.cts"),
    `const { default: OpenAI } = require("openai");\nconst { makeCalls } = require("./calls.cjs");\n${typed}`,
  );
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ private: true, scripts: { calls: "node main.mjs script" } }),
  );
  // As an application sets its tracing up: hooks for ES modules, then instrumentations that patch and subscribe.
  await writeFile(
    join(folder, "tracing.mjs"),
    `import { register } from "node:module";
     import { registerInstrumentations } from "@opentelemetry/instrumentation";
     import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
     register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
     registerInstrumentations({ instrumentations: [new UndiciInstrumentation()] });`,
  );
  await writeFile(
    join(folder, "hooked.mjs"),
    `import { register } from "node:module";
     import { Hook } from "import-in-the-middle";
     register("import-in-the-middle/hook.mjs", import.meta.url);
     new Hook(["openai"], (exports) => { exports.hooked = true; });`,
  );
  // As tracers and tests do it: a fetch of their own around whatever was there.
  await writeFile(
    join(folder, "wrapping.cjs"),
    `const before = globalThis.fetch;
     globalThis.fetch = async function traced(...args) { return before.apply(this, args); };`,
  );
});
afterAll(() => place.remove());

/** Flags of the other loader, and what it runs. */
interface Loader {
  flags: string[];
  main: string;
  env?: Record<string, string>;
  /** Absent: all. */
  only?: (typeof versions)[number];
  /** It hooks `require` alone, and can't be beside any `--import` on Node 20. */
  requiresOnly?: true;
}
const quiet = {
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_TRACE_STARTUP_LOGS: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
};
const transpiling = {
  TS_NODE_TRANSPILE_ONLY: "1",
  TS_NODE_COMPILER_OPTIONS: JSON.stringify({ module: "commonjs", moduleResolution: "node10" }),
};
const loaders: Record<string, Loader> = {
  "tsx, ES module": { flags: ["--import", "tsx"], main: "typed.mts" },
  "tsx, CommonJS": { flags: ["--require", "tsx/cjs"], main: "typed.cts", requiresOnly: true },
  "ts-node": {
    flags: ["--require", "ts-node/register"],
    main: "typed.cts",
    env: transpiling,
    requiresOnly: true,
  },
  "Node's own types": { flags: [], main: "typed.mts", only: 24 },
  "import-in-the-middle": { flags: ["--import", "./hooked.mjs"], main: "main.mjs" },
  "OpenTelemetry's hook and undici instrumentation": {
    flags: ["--import", "./tracing.mjs"],
    main: "main.mjs",
  },
  "dd-trace, CommonJS": { flags: ["--require", "dd-trace/init"], main: "main.cjs", env: quiet },
  "dd-trace, ES module": { flags: ["--import", "dd-trace/initialize.mjs"], main: "main.mjs", env: quiet },
  "another wrapper of fetch": { flags: ["--require", "./wrapping.cjs"], main: "main.cjs" },
};

const require = ["--require", builtFile("register.cjs")];
const import_ = ["--import", builtFile("register.mjs")];
/** Where the preload stands among the flags: `NODE_OPTIONS` come first. */
const orders: Record<string, (flags: string[]) => { flags: string[]; env: Record<string, string> }> = {
  "required before": (flags) => ({ flags: [...require, ...flags], env: {} }),
  "imported before": (flags) => ({ flags: [...import_, ...flags], env: {} }),
  "required after": (flags) => ({ flags: [...flags, ...require], env: {} }),
  "imported after": (flags) => ({ flags: [...flags, ...import_], env: {} }),
  "by NODE_OPTIONS": (flags) => ({ flags, env: { NODE_OPTIONS: `--require ${JSON.stringify(require[1])}` } }),
};

/** Enough for the oldest Node: each form once. */
const fewOrders = new Set(["imported before", "required after", "by NODE_OPTIONS"]);

describe.each(versions)("beside other loaders, Node %i", (version) => {
  for (const [name, { flags, main, env = {}, only, requiresOnly }] of Object.entries(loaders)) {
    if (only !== undefined && only !== version) continue;
    const isApart = version === 20 && requiresOnly === true;
    it(`${name}: no difference to the host, one report for each call, in whatever order`, async () => {
      // A flag stands before the file it is for, so the host is run with flags of its own.
      for (const [position, order] of Object.entries(orders)) {
        if (isApart && position.startsWith("imported")) continue;
        if (version === 20 && !fewOrders.has(position)) continue;
        const metered = order(flags);
        const { reports } = await runMetered(
          {
            command: nodes[version],
            args: [main],
            cwd: place.folder,
            env: { SDK_PACKAGE: "openai", ...env },
            flags,
          },
          metered,
        );
        expect(reports).toHaveLength(2);
      }
    });

    if (!isApart) continue;
    it(`${name}: any --import at all breaks it, which is why the preload is required and not imported`, async () => {
      const options = { node: nodes[version], cwd: place.folder, env: { HOME: place.folder, ...env } };
      const { code, stderr } = await runNode({
        ...options,
        args: ["--import", "data:text/javascript,", ...flags, main],
      });
      expect(code).toBe(1);
      expect(stderr).toContain("Unknown file extension");
    });
  }
});

describe("under the tools that start apps", () => {
  const byEnvironment: Preload = {
    env: { NODE_OPTIONS: `--require ${JSON.stringify(builtFile("register.cjs"))}` },
  };
  const commands: Record<string, [command: string, ...args: string[]]> = {
    "npm run": ["npm", "run", "--silent", "calls"],
    "npm exec": ["npm", "exec", "--offline", "--no", "--", "tsx", "typed.mts"],
    npx: ["npx", "--offline", "--no", "tsx", "typed.mts"],
    tsx: [process.execPath, "node_modules/tsx/dist/cli.mjs", "typed.mts"],
    "a shell": ["sh", "-c", "node main.mjs shell && node main.cjs shell"],
    "node -e": [process.execPath, "-e", 'require("./main.cjs")'],
    "node, from its input": ["sh", "-c", "echo 'require(\"./main.cjs\")' | node"],
  };
  for (const [name, [command, ...args]] of Object.entries(commands)) {
    it(`${name}: no difference, one report for each call, none of the tool's own`, async () => {
      await mkdir(join(place.folder, "npm"), { recursive: true });
      const { reports } = await runMetered(
        {
          command,
          args,
          cwd: place.folder,
          env: {
            SDK_PACKAGE: "openai",
            npm_config_cache: join(place.folder, "npm"),
            npm_config_update_notifier: "false",
          },
        },
        byEnvironment,
      );
      expect(reports).toHaveLength(name === "a shell" ? 4 : 2);
    });
  }
});
