/** What the benchmarks' providers say: OpenAI's chat completions, plain and streamed. */
export const CHUNKS = 20;
/** Where the `fetch` of inProcessFetch.ts answers. */
export const inProcessUrl = "http://in-process.test";

const model = "gpt-4o-mini-2024-07-18";

export const chatAnswer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model,
  choices: [
    { index: 0, message: { role: "assistant", content: "word ".repeat(120) }, finish_reason: "stop" },
  ],
  usage: {
    prompt_tokens: 900,
    completion_tokens: 120,
    total_tokens: 1020,
    prompt_tokens_details: { cached_tokens: 0 },
  },
});

const event = (rest: object) =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", model, ...rest })}\n\n`;

const delta = event({ choices: [{ index: 0, delta: { content: "some words " } }], usage: null });
const usage = event({ choices: [], usage: { prompt_tokens: 900, completion_tokens: 120 } });

/** One text for each chunk of the stream; usage and end mark come with the last. */
export const chatEvents: readonly string[] = [
  ...Array<string>(CHUNKS - 1).fill(delta),
  `${usage}data: [DONE]\n\n`,
];
