import { createServer } from "node:http";

/**
 * Stands in for the mock servers that the SDKs' generated tests want: `{}` to everything, 404 to the path by which these
 * tests provoke an error.
 */
export async function startAnsweringServer(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const isUnknown = request.url?.includes("_stainless_unknown_path") ?? false;
      response.writeHead(isUnknown ? 404 : 200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
