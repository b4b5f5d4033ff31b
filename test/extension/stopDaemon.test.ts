import { expect, test } from "vitest";
import { DaemonUnavailableError } from "../../daemon/client/errors.ts";
import { stopDaemon } from "../../extension/daemon/stopDaemon.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

test("it is asked to stop, and waited for", async () => {
  let looks = 0;
  const { connection, requests } = createFakeDaemon((name) => {
    if (name === "shutdown") return { stopping: true };
    looks += 1;
    if (looks > 3) throw new DaemonUnavailableError("gone");
    return { pid: 7 };
  });
  expect(await stopDaemon(connection, "restarted from VS Code")).toBe(true);
  expect(requests.filter(({ name }) => name === "shutdown")).toEqual([
    { name: "shutdown", request: { body: { reason: "restarted from VS Code" } } },
  ]);
});

test("another window's new daemon counts as gone", async () => {
  let pid = 7;
  const { connection } = createFakeDaemon((name) => {
    if (name === "shutdown") pid = 8;
    return { pid };
  });
  expect(await stopDaemon(connection, "x")).toBe(true);
});

test("none to stop", async () => {
  const { connection } = createFakeDaemon(() => {
    throw new DaemonUnavailableError("none");
  });
  expect(await stopDaemon(connection, "x")).toBe(false);
});
