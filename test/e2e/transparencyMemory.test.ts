import { cp, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensurePackages } from "../../scripts/lib/provision.mjs";
import { readSpool, runNode } from "../shim/lib/hostProcess.ts";
import { chatAnswer } from "../shim/lib/provider.ts";
import { builtFile } from "./lib/daemon.ts";
import { temporaryFolder } from "./runtimes/meteredHost.ts";

let place: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Server;
let host: string;

beforeAll(async () => {
  place = await temporaryFolder("memory");
  const modules = await ensurePackages(join(import.meta.dirname, "transports"));
  await symlink(modules, join(place.folder, "node_modules"), "dir");
  const program = "forgetfulHost.mjs";
  await cp(join(import.meta.dirname, "transparency", program), join(place.folder, program));
  server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json").end(JSON.stringify(chatAnswer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await place.remove();
});

describe("what a host lets go of is collected, metered or not", () => {
  it.each(["fetch", "node:http", "undici-6", "undici-7", "undici-8"])("%s", async (way) => {
    const home = join(place.folder, `state of ${way.replace(":", " ")}`);
    const run = (flags: string[]) =>
      runNode({
        args: ["--expose-gc", ...flags, "forgetfulHost.mjs", `http://${host}/v1/chat/completions`, way],
        cwd: place.folder,
        env: { HOME: place.folder, TAXIMETER_HOME: home, TAXIMETER_PROVIDERS: `${host}=openai` },
      });
    const without = await run([]);
    expect(without).toMatchObject({ code: 0, stderr: "" });
    expect(without.stdout).toMatch(/^(\w+ 0(, )?)+\n$/);
    expect(await run(["--require", builtFile("register.cjs")])).toEqual(without);
    expect(await readSpool(home)).toHaveLength(8);
  });
});
