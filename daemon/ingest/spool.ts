import { type FSWatcher, watch } from "node:fs";
import { mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../shared/messageOf.ts";
import { SPOOL_SUFFIX } from "../../shared/protocol.ts";
import type { Ingest } from "./ingest.ts";
import { readNdjsonBody } from "./reportBody.ts";

export interface SpoolSurroundings {
  directory: string;
  ingest: Pick<Ingest, "take">;
  log(line: string): void;
  nowMs(): number;
  /** All that was found is taken in. */
  onTakenIn(): void;
}

/** Takes in what dev processes left on disk while no daemon answered. */
export interface Spool {
  /** Takes in every complete file that is there, oldest first. Resolves when there is none left. */
  takeIn(): Promise<void>;
  /** Takes in from now on what comes. */
  start(): void;
  /** All that lay there before this instant (ms since the epoch) is taken in; `null`: not known yet. */
  takenInAtMs(): number | null;
  /** Files that could not be read, since the daemon's start. */
  rejectedFiles(): number;
  stop(): Promise<void>;
}

const POLL_MS = 1_000;
const BATCH = 1_000;
/** A shim's spool is bounded far below this. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const REJECTED = "rejected";

export function createSpool({ directory, ingest, log, nowMs, onTakenIn }: SpoolSurroundings): Spool {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let rejected = 0;
  let takenInAtMs: number | null = null;
  let watcher: FSWatcher | null = null;
  let poll: NodeJS.Timeout | undefined;

  async function takeInOnce(): Promise<void> {
    const lookedAtMs = nowMs();
    const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(SPOOL_SUFFIX));
    for (const name of names.sort()) {
      if (stopped) return;
      await takeInFile(name);
    }
    takenInAtMs = lookedAtMs;
    if (names.length > 0) onTakenIn();
  }

  async function takeInFile(name: string): Promise<void> {
    const path = join(directory, name);
    const text = await readSpoolFile(path).catch(() => null);
    if (text === null) {
      if (await setAside(path, name)) log(`spool: ${name} cannot be read and was set aside`);
      return;
    }
    const body = readNdjsonBody(text);
    const items = "items" in body ? body.items : [];
    let refused = 0;
    for (let start = 0; start < items.length; start += BATCH) {
      const outcomes = await ingest.take(items.slice(start, start + BATCH));
      refused += outcomes.filter(({ outcome }) => outcome === "rejected").length;
    }
    // What was refused should be found, not deleted; what was taken is known should the file come again.
    if (refused > 0) await setAside(path, name);
    else await unlink(path).catch(() => {});
    log(`spool: took in ${items.length - refused} of ${items.length} reports of ${name}`);
  }

  async function setAside(path: string, name: string): Promise<boolean> {
    rejected += 1;
    await mkdir(join(directory, REJECTED), { recursive: true, mode: 0o700 });
    return await rename(path, join(directory, REJECTED, name)).then(
      () => true,
      // Neither readable nor movable: it is passed over, each second anew, without a word each second.
      () => false,
    );
  }

  function takeIn(): Promise<void> {
    if (running !== null) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await takeInOnce();
      } while (again && !stopped);
    })()
      .catch((error) => log(`spool: ${messageOf(error)}`))
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    takeIn,
    start() {
      try {
        watcher = watch(directory, { persistent: false }, () => void takeIn());
        watcher.on("error", () => watcher?.close());
      } catch {
        // Some file systems cannot be watched: the poll sees to it.
      }
      poll = setInterval(() => void takeIn(), POLL_MS).unref();
    },
    takenInAtMs: () => takenInAtMs,
    rejectedFiles: () => rejected,
    async stop() {
      stopped = true;
      watcher?.close();
      clearInterval(poll);
      await running;
    },
  };
}

async function readSpoolFile(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES) throw new Error("no spool file");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
