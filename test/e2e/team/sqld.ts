import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@libsql/client/http";
import { onTestFinished } from "vitest";
import { ensureSqld } from "../../../scripts/lib/provision.mjs";
import { freePort } from "../lib/freePort.ts";

/** A real libSQL server, in a folder of its own, that goes with the test. */
export interface Sqld {
  url: string;
  /** A token of the server's own key; without a server that wants one it means nothing. */
  token(claims?: Record<string, unknown>): string;
  /** Rows of a statement, asked for behind everybody's back. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it from writing, as Turso does to who has used up the plan. */
  block(reason: string | null): Promise<void>;
  /** The most that its file may hold, `200kb`. */
  limitSize(size: string): Promise<void>;
}

export interface SqldOptions {
  /** Whether it wants a token. */
  jwt?: boolean;
  admin?: boolean;
}

export async function startSqld({ jwt = false, admin = false }: SqldOptions = {}): Promise<Sqld> {
  const binary = await ensureSqld();
  const folder = mkdtempSync(join(tmpdir(), "taximeter-sqld-"));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keyFile = join(folder, "key.pem");
  writeFileSync(keyFile, publicKey.export({ type: "spki", format: "pem" }));
  const [port, adminPort] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  async function start() {
    const args = [
      "--http-listen-addr",
      `127.0.0.1:${port}`,
      "--db-path",
      join(folder, "data"),
      "--no-welcome",
    ];
    if (jwt) args.push("--auth-jwt-key-file", keyFile);
    if (admin) args.push("--admin-listen-addr", `127.0.0.1:${adminPort}`);
    child = spawn(binary, args, { stdio: "ignore" });
    for (let tries = 0; tries < 400; tries += 1) {
      if (await answers(`${url}/health`)) return;
      await sleep(25);
    }
    throw new Error("sqld did not start");
  }
  async function kill() {
    const killed = child;
    child = null;
    if (killed === null || killed.exitCode !== null || killed.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => killed.once("close", () => resolve()));
    killed.kill("SIGKILL");
    await ended;
  }

  async function configure(config: Record<string, unknown>) {
    const response = await fetch(`http://127.0.0.1:${adminPort}/v1/namespaces/default/config`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(config),
    });
    if (!response.ok) throw new Error(`sqld's admin API: ${response.status} ${await response.text()}`);
  }

  await start();
  onTestFinished(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const token = (claims: Record<string, unknown> = {}) => jwtOf(privateKey, claims);
  return {
    url,
    token,
    start,
    kill,
    async query(sql) {
      const client = createClient({ url, authToken: token() });
      try {
        return (await client.execute(sql)).rows.map((row) => ({ ...row }));
      } finally {
        client.close();
      }
    },
    block: (reason) => configure({ block_reads: false, block_writes: reason !== null, block_reason: reason }),
    limitSize: (size) => configure({ block_reads: false, block_writes: false, max_db_size: size }),
  };
}

function jwtOf(key: KeyObject, claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
