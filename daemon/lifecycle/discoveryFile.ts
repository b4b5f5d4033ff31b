import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { type Discovery, PROTOCOL } from "../../shared/protocol.ts";
import { readDiscovery } from "../client/discovery.ts";
import type { Home } from "./home.ts";

/** A discovery of this process and start; its port is not known before it listens. */
export function drawDiscovery(version: string): Omit<Discovery, "port"> {
  return {
    pid: process.pid,
    token: randomBytes(32).toString("hex"),
    nonce: randomBytes(16).toString("hex"),
    version,
    protocol: PROTOCOL,
  };
}

/** Puts `daemon.json` into place whole: nobody ever reads half of it. */
export async function publishDiscovery(home: Home, discovery: Discovery): Promise<void> {
  const temporary = `${home.discoveryFile}.${process.pid}.tmp`;
  await unlink(temporary).catch(() => {});
  // `wx`: a link that somebody planted under this name is not followed.
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(discovery)}\n`);
  } finally {
    await file.close();
  }
  await rename(temporary, home.discoveryFile);
}

/** Whether `daemon.json` still names this start of the daemon. */
export async function isStillOurs(home: Home, nonce: string): Promise<boolean> {
  const reading = await readDiscovery(home.directory);
  return reading.kind === "found" && reading.discovery.nonce === nonce;
}

/** Takes `daemon.json` away, unless it is a successor's. */
export async function withdrawDiscovery(home: Home, nonce: string): Promise<void> {
  if (await isStillOurs(home, nonce)) await unlink(home.discoveryFile).catch(() => {});
}
