import { createServer } from "node:http";

export interface SecretiveProvider {
  /** `host:port` */
  host: string;
  requests(): number;
  close(): Promise<void>;
}

/** Speaks enough of OpenAI's API to answer, to stream and to refuse, each time with `secret` in what it says. */
export async function startSecretiveProvider(secret: string): Promise<SecretiveProvider> {
  let requests = 0;
  const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
  const server = createServer(async (request, response) => {
    requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body: { model: string; stream?: boolean } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const id = `chatcmpl-${requests}`;
    const json = (status: number, document: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));

    if (body.model === "gpt-refused") {
      json(400, {
        error: { message: `Not allowed: ${secret}`, type: "invalid_request_error", code: "refused" },
      });
    } else if (request.url?.includes("/embeddings")) {
      json(200, { object: "list", model: body.model, data: [{ index: 0, embedding: [0, 1] }], usage });
    } else if (body.stream === true) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const head = { id, object: "chat.completion.chunk", created: 1, model: body.model };
      const choice = { index: 0, delta: { content: secret }, finish_reason: null };
      for (const event of [
        { ...head, choices: [choice] },
        { ...head, choices: [], usage },
      ]) {
        response.write(`data: ${JSON.stringify(event)}\n\n`);
      }
      response.end("data: [DONE]\n\n");
    } else {
      const message = { role: "assistant", content: secret };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      json(200, { id, object: "chat.completion", created: 1, model: body.model, choices, usage });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    host: `127.0.0.1:${address.port}`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
