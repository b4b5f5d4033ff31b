import { expect, test } from "vitest";
import { DaemonUnavailableError } from "../../daemon/client/errors.ts";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

function createLink() {
  const daemons: ReturnType<typeof createFakeDaemon>[] = [];
  const changes: boolean[] = [];
  const link = createDaemonLink(
    () => {
      const daemon = createFakeDaemon();
      daemons.push(daemon);
      return daemon.connection;
    },
    (running) => changes.push(running),
  );
  const said: [string, string | null][] = [];
  const listener = {
    event: () => {},
    connection: (state: string, detail: string | null) => said.push([state, detail]),
  };
  return { link, daemons, changes, said, listener };
}

test("nothing is connected before it is needed", async () => {
  const { link, daemons } = createLink();
  expect(daemons).toHaveLength(0);
  await link.request("status", {});
  await link.request("status", {});
  expect(daemons).toHaveLength(1);
});

test("stopped, it asks nothing of anybody and says why", async () => {
  const { link, daemons, said, changes, listener } = createLink();
  link.watch({ from: "today" }, listener);
  link.stop("Stopped by you.");
  expect(said).toEqual([["lost", "Stopped by you."]]);
  expect([daemons[0]?.disposed, daemons[0]?.watches[0]?.disposed, link.running]).toEqual([true, true, false]);
  await expect(link.request("status", {})).rejects.toEqual(new DaemonUnavailableError("Stopped by you."));
  link.watch({ from: "month" }, listener);
  expect(said).toHaveLength(2);
  expect(daemons).toHaveLength(1);
  expect(changes).toEqual([false]);
});

test("resumed, every watch comes back with the query it had last", () => {
  const { link, daemons, changes, listener } = createLink();
  const kept = link.watch({ from: "today" }, listener);
  const gone = link.watch({ from: "today" }, listener);
  link.stop("Restarting.");
  kept.update({ from: "month" });
  gone.dispose();
  link.resume();
  link.resume();
  expect(daemons).toHaveLength(2);
  expect(daemons[1]?.watches.map(({ query }) => query)).toEqual([{ from: "month" }]);
  expect(changes).toEqual([false, true]);
});
