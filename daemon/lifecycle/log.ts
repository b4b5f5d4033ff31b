import { appendFileSync, renameSync, statSync } from "node:fs";

/**
 * A log of the daemon's own sentences, never of what is metered: no prompt, key, header or query string has a way in. It
 * is bounded: at a megabyte it becomes `daemon.log.1`, and what was there goes.
 */
export interface Log {
  /** One line. */
  write(line: string): void;
}

const MAX_BYTES = 1_000_000;

/** A log that cannot be written is no reason to stop: it falls silent. `echo` gets each line too. */
export function openLog(file: string, now: () => Date, echo?: (line: string) => void): Log {
  let bytes = sizeOf(file);
  return {
    write(line) {
      const entry = `${now().toISOString()} ${process.pid} ${line.replaceAll("\n", " ")}\n`;
      echo?.(entry);
      try {
        if (bytes + entry.length > MAX_BYTES) {
          renameSync(file, `${file}.1`);
          bytes = 0;
        }
        appendFileSync(file, entry, { mode: 0o600 });
        bytes += Buffer.byteLength(entry);
      } catch {
        bytes = sizeOf(file);
      }
    },
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
