import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chown, mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensurePostgres, ensureRedis } from "../../../scripts/lib/provision.mjs";
import { freePort } from "../lib/freePort.ts";
import { temporaryFolder } from "../runtimes/meteredHost.ts";

/** A server of the test's own, on a port of its own of this machine alone. */
export interface Server {
  url: string;
  stop(): Promise<void>;
}

const START_MS = 30_000;

export async function startRedis(): Promise<Server> {
  const program = await ensureRedis();
  const place = await temporaryFolder("redis");
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", place.folder];
  const child = spawn(program, flags, { stdio: "ignore" });
  await untilListening(child, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await ended(child, "SIGTERM");
      await place.remove();
    },
  };
}

/** Postgres refuses to run as root: there it runs as the user that its package made. */
export async function startPostgres(): Promise<Server> {
  const programs = await ensurePostgres();
  const place = await temporaryFolder("postgres");
  const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? await idsOf("postgres") : {};
  const data = join(place.folder, "data");
  await mkdir(data, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const folder of [place.folder, data]) await chown(folder, user.uid, user.gid);
  }
  const setUp = ["--pgdata", data, "--username", "test", "--auth", "trust", "--no-sync"];
  await promisify(execFile)(join(programs, "initdb"), setUp, user);
  const port = await freePort();
  const flags = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", place.folder, "-c", "fsync=off"];
  const child = spawn(join(programs, "postgres"), flags, { stdio: "ignore", ...user });
  await untilListening(child, port);
  return {
    url: `postgres://test@127.0.0.1:${port}/postgres`,
    async stop() {
      await ended(child, "SIGINT");
      await place.remove();
    },
  };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const ask = async (flag: string) => Number((await promisify(execFile)("id", [flag, user])).stdout);
  return { uid: await ask("-u"), gid: await ask("-g") };
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`The server ended with exit code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error("The server does not listen");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await end;
}
