import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadBuiltin } from "../builtin.ts";
import { makeFolder } from "../delivery/folder.ts";
import type { RequestFacts } from "../extract/requestScan.ts";

const SALT_FILE = "fingerprint.salt";
const SALT_BYTES = 32;
/** Of a longer value its two ends and its length are hashed. */
const MAX_HASHED_LENGTH = 16 * 1024;

/**
 * The salt of all fingerprints, kept in `TAXIMETER_HOME` (0600) so that the same prompt is known again in the next run;
 * made where there is none, and of this process alone where the folder can't be written. It never leaves the machine.
 */
export function readSalt(home: string): Buffer {
  const file = join(home, SALT_FILE);
  try {
    const salt = readFileSync(file);
    if (salt.length === SALT_BYTES) return salt;
  } catch {
    // None yet.
  }
  const salt = loadBuiltin("crypto").randomBytes(SALT_BYTES);
  try {
    makeFolder(home);
    writeFileSync(file, salt, { mode: 0o600, flag: "wx" });
    return salt;
  } catch {
    return readAgain(file) ?? salt;
  }
}

/** Another process may have made it at the same moment. */
function readAgain(file: string): Buffer | null {
  try {
    const salt = readFileSync(file);
    return salt.length === SALT_BYTES ? salt : null;
  } catch {
    return null;
  }
}

/** Salted hash of path, model and prompt, 32 hex digits. Nothing of the text can be had back from it. */
export function fingerprintOf(salt: Buffer, path: string, body: string, facts: RequestFacts): string {
  let text = `${salt.toString("latin1")}\n${path}\n${facts.model ?? ""}`;
  for (const [start, end] of facts.prompts) {
    const length = end - start;
    text += `\n${length}:`;
    if (length <= MAX_HASHED_LENGTH) text += body.slice(start, end);
    else {
      text += body.slice(start, start + MAX_HASHED_LENGTH / 2);
      text += body.slice(end - MAX_HASHED_LENGTH / 2, end);
    }
  }
  return sha256(text).slice(0, 32);
}

/** In hex. Node 20 has the faster one-shot hash from 20.12 on. */
export function sha256(text: string): string {
  const crypto = loadBuiltin("crypto");
  return crypto.hash?.("sha256", text) ?? crypto.createHash("sha256").update(text).digest("hex");
}
