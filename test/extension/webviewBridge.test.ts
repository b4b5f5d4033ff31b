import { expect, test, vi } from "vitest";
import { ApiRequestError } from "../../daemon/client/errors.ts";
import { createDaemonLink } from "../../extension/daemon/daemonLink.ts";
import { createWebviewBridge } from "../../extension/dashboard/webviewBridge.ts";
import type { HostMessage } from "../../shared/messages.ts";
import { makeSnapshot } from "./builders.ts";
import { createFakeDaemon } from "./fakeDaemon.ts";

function open(answer?: Parameters<typeof createFakeDaemon>[0]) {
  const daemon = createFakeDaemon(answer);
  const posted: HostMessage[] = [];
  const host = {
    post: (message: HostMessage) => posted.push(message),
    openCallSite: vi.fn(),
    saveFile: vi.fn(),
    restartDaemon: vi.fn(),
    runDoctor: vi.fn(),
    resumeMetering: vi.fn(),
  };
  const link = createDaemonLink(
    () => daemon.connection,
    () => {},
  );
  return { daemon, posted, host, link, bridge: createWebviewBridge(link, host) };
}

test("a request is carried to the daemon and its answer back", async () => {
  const { bridge, posted, daemon } = open(() => ({ overrides: [] }));
  bridge.receive({ type: "request", requestId: 7, route: "prices", request: { query: { from: "all" } } });
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  expect(daemon.requests).toMatchObject([{ name: "prices", request: { query: { from: "all" } } }]);
  expect(posted).toEqual([{ type: "response", requestId: 7, ok: true, body: { overrides: [] } }]);
});

test("a refusal comes back in the daemon's words, with the field", async () => {
  const { bridge, posted } = open(() => {
    throw new ApiRequestError(400, "limitUsd must be above 0", "limitUsd");
  });
  bridge.receive({ type: "request", requestId: 8, route: "setBudget", request: { body: {} } });
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  const error = { error: "limitUsd must be above 0", field: "limitUsd" };
  expect(posted).toEqual([{ type: "response", requestId: 8, ok: false, error, status: 400 }]);
});

test("every request gets an answer, also while the daemon is stopped", async () => {
  const { bridge, posted, link } = open();
  link.stop("Stopped by you.");
  bridge.receive({ type: "request", requestId: 9, route: "status", request: {} });
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  expect(posted).toMatchObject([{ requestId: 9, ok: false, error: { error: "Stopped by you." } }]);
});

test("live events and the connection's state are passed on", () => {
  const { bridge, posted, daemon } = open();
  bridge.receive({ type: "ready" });
  bridge.receive({ type: "watch", query: { from: "today" } });
  const event = { type: "snapshot", data: makeSnapshot() } as const;
  daemon.watches[0]?.listener.connection("live", null);
  daemon.watches[0]?.listener.event(event);
  expect(posted).toEqual([
    { type: "connection", connection: "live", detail: null },
    { type: "live", event },
  ]);
});

test("another query updates the watch; a page that starts anew gets a new one, with its snapshot", () => {
  const { bridge, daemon } = open();
  bridge.receive({ type: "ready" });
  bridge.receive({ type: "watch", query: { from: "today" } });
  bridge.receive({ type: "watch", query: { from: "7d" } });
  expect(daemon.watches.map(({ query, disposed }) => [query, disposed])).toEqual([[{ from: "7d" }, false]]);
  bridge.pause();
  bridge.receive({ type: "ready" });
  bridge.receive({ type: "watch", query: { from: "7d" } });
  expect(daemon.watches.map(({ disposed }) => disposed)).toEqual([true, false]);
  bridge.dispose();
  expect(daemon.watches.map(({ disposed }) => disposed)).toEqual([true, true]);
});

test("a forged message reaches nobody", () => {
  const { bridge, daemon, host, posted } = open();
  bridge.receive({ type: "request", requestId: 1, route: "shutdown", request: {} });
  bridge.receive({ type: "openCallSite", workspace: null, file: "a.ts", line: -1 });
  expect([daemon.requests, posted]).toEqual([[], []]);
  expect(host.openCallSite).not.toHaveBeenCalled();
});

test("an export is handed on where its name is a file's own, and ignored where it is not", () => {
  const { bridge, host } = open();
  const file = { type: "saveFile", name: "taximeter-calls-2026-11-20.csv", encoding: "text", content: "a,b" };
  bridge.receive(file);
  expect(host.saveFile).toHaveBeenCalledExactlyOnceWith(file);
  for (const forged of [
    { ...file, name: "../.bashrc" },
    { ...file, name: "/etc/passwd.csv" },
    { ...file, name: "calls.exe" },
    { ...file, encoding: "hex" },
    { ...file, content: 7 },
  ]) {
    bridge.receive(forged);
  }
  expect(host.saveFile).toHaveBeenCalledTimes(1);
});
