import type { WriteStream } from "node:tty";
import type { Terminal } from "./context.ts";

/** One of this process's own streams. A reader that leaves early (`| head`) ends us without a word. */
export function openTerminal(stream: WriteStream): Terminal {
  stream.on("error", (error: Error & { code?: string }) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    write(text) {
      stream.write(text);
    },
    drained: () => new Promise((resolve) => stream.write("", () => resolve())),
    isTty: stream.isTTY === true,
    // What goes into a file or a pipe is never cut to fit.
    size: () =>
      stream.isTTY
        ? { columns: stream.columns || 80, rows: stream.rows || 24 }
        : { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY },
  };
}
