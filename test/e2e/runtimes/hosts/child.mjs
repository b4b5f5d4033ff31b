// Calls from a child, which is all that this makes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.mjs", import.meta.url));
const flags = process.versions.deno === undefined ? [] : ["run", "--no-lock", "--allow-all"];
await once(spawn(process.execPath, [...flags, main, "child"], { stdio: "inherit" }), "exit");
