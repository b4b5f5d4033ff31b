/**
 * The far ends of the benchmark, in a process of their own: a provider, and for each of the other products a sink that
 * swallows what it exports and counts its spans. Answers any message with the counts.
 */
import { createServer, type RequestListener } from "node:http";
import { gunzipSync } from "node:zlib";
import { chatAnswer, chatEvents } from "../bench/chatAnswers.ts";
import { listen } from "./listen.ts";
import { others } from "./variants.ts";

export interface ServerPorts {
  provider: number;
  /** By the name of the variant. */
  sinks: Record<string, number>;
}

/** Spans of AI calls by the name of the variant. */
export type SpanCounts = Record<string, number>;

const answerAsProvider: RequestListener = (request, response) => {
  request.resume();
  request.on("end", async () => {
    if (!request.url?.startsWith("/stream")) {
      response.setHeader("content-type", "application/json");
      response.end(chatAnswer);
      return;
    }
    response.setHeader("content-type", "text/event-stream");
    for (const event of chatEvents) {
      response.write(event);
      await new Promise(setImmediate);
    }
    response.end();
  });
};

function swallow(onSpans: (text: string) => void): RequestListener {
  return (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString(
        "latin1",
      );
      // Metrics and logs speak of the same calls once more.
      if (/traces|envelope/.test(request.url ?? "")) onSpans(text);
      response.setHeader("content-type", "application/json");
      response.end("{}");
    });
  };
}

const spans: SpanCounts = {};
const ports: ServerPorts = { provider: await listen(createServer(answerAsProvider)), sinks: {} };
for (const { name, spanMark } of others) {
  if (spanMark === undefined) continue;
  const count = (text: string) => {
    spans[name] = (spans[name] ?? 0) + text.split(spanMark).length - 1;
  };
  ports.sinks[name] = await listen(createServer(swallow(count)));
}
process.send?.(ports);
process.on("message", () => process.send?.(spans));
// Whoever asks is gone.
process.on("disconnect", () => process.exit());
