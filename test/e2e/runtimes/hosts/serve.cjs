// Starts a server, asks it for some paths, prints its answers and ends it: `serve.cjs <path,path…> <file> [arguments]`.
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { createServer } = require("node:net");
const { setTimeout: sleep } = require("node:timers/promises");

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function answerOf(url) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      const response = await fetch(url);
      return `${response.status} ${await response.text()}`;
    } catch {
      await sleep(100);
    }
  }
  return "no answer";
}

(async () => {
  const [paths, ...args] = process.argv.slice(2);
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), HOSTNAME: "127.0.0.1" };
  const server = spawn(process.execPath, args, { env, stdio: "ignore" });
  for (const path of paths.split(",")) {
    console.log(path, await answerOf(`http://127.0.0.1:${port}${path}`));
  }
  server.kill("SIGTERM");
  console.log(await once(server, "exit"));
})();
