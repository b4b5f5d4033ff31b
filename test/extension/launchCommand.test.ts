import { expect, test } from "vitest";
import { runtimeCommand } from "../../extension/daemon/launchCommand.ts";

test("the daemon runs in the editor's runtime, free of what concerns the editor or one app", () => {
  const env = {
    PATH: "/usr/bin",
    HOME: "/home/dev",
    TAXIMETER_HOME: "/state",
    NODE_OPTIONS: "--require /editor/bootloader.js",
    VSCODE_PID: "1",
    ELECTRON_NO_ASAR: "1",
    TAXIMETER_WORKSPACE: "/home/dev/shop",
    TAXIMETER_SOURCE: "script:x",
  };
  expect(runtimeCommand({ execPath: "/opt/code", env, dist: "/ext/dist" }, "daemon.mjs")).toEqual({
    command: "/opt/code",
    args: ["/ext/dist/daemon.mjs"],
    env: {
      PATH: "/usr/bin",
      HOME: "/home/dev",
      TAXIMETER_HOME: "/state",
      ELECTRON_RUN_AS_NODE: "1",
      NODE_OPTIONS: undefined,
      VSCODE_PID: undefined,
      ELECTRON_NO_ASAR: undefined,
      TAXIMETER_WORKSPACE: undefined,
      TAXIMETER_SOURCE: undefined,
    },
  });
});
