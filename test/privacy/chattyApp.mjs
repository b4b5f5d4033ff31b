/**
 * An app that handles secrets the way apps do, run with the shim preloaded: `SECRETS` (JSON) says which. It serves one
 * route, calls itself there, and each request asks the AI in several ways, one of which fails.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import OpenAI from "openai";

const secrets = JSON.parse(process.env.SECRETS);
const openai = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: secrets.apiKey,
  maxRetries: 0,
  defaultHeaders: { "x-tenant-secret": secrets.header, cookie: `session=${secrets.cookie}` },
  defaultQuery: { "api-key": secrets.query },
});
const ask = (model, over = {}) =>
  openai.chat.completions.create({
    model,
    messages: [
      { role: "system", content: secrets.systemPrompt },
      { role: "user", content: secrets.prompt },
    ],
    user: secrets.user,
    ...over,
  });

const server = createServer(async (_request, response) => {
  const { choices } = await ask("gpt-4o-mini");
  let streamed = "";
  for await (const chunk of await ask("gpt-4o-mini", {
    stream: true,
    stream_options: { include_usage: true },
  })) {
    streamed += chunk.choices[0]?.delta.content ?? "";
  }
  await openai.embeddings.create({ model: "text-embedding-3-small", input: secrets.prompt });
  const failure = await ask("gpt-refused").catch((error) => error);
  response.end(JSON.stringify([choices[0].message.content, streamed, failure.message]));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const answer = await fetch(
  `http://127.0.0.1:${server.address().port}/api/chat?token=${secrets.inboundQuery}`,
  {
    headers: { authorization: `Bearer ${secrets.inboundHeader}` },
  },
);
process.stdout.write(await answer.text());
server.close();
