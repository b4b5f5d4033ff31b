import { once } from "node:events";
import { createServer } from "node:http";

/** What the body is made of: its beginning, what is repeated until it is long enough, and its end. */
export interface LongBody {
  type: string;
  head: string;
  repeated: string;
  tail: string;
  bytes: number;
}

/** A server whose answers are as long as asked: `?bytes=…`, else as `body()` says. */
export async function startEndlessServer(body: () => LongBody): Promise<{ host: string; close(): void }> {
  const server = createServer(async (request, response) => {
    request.resume();
    const { type, head, repeated, tail, bytes } = body();
    const wanted = Number(new URL(request.url ?? "/", "http://host").searchParams.get("bytes") ?? bytes);
    const block = Buffer.from(repeated.repeat(Math.ceil(65_536 / repeated.length)));
    response.writeHead(200, { "content-type": type });
    response.write(head);
    for (let sent = 0; sent < wanted && !response.destroyed; sent += block.length) {
      if (!response.write(block)) await once(response, "drain");
    }
    response.end(tail);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
