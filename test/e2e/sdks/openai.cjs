const { asked, partsOf, runSteps } = require("./steps.cjs");

const messages = [{ role: "user", content: "How much is the fish?" }];
const chat = { model: "gpt-4o-mini", messages };
const streamed = { ...chat, stream: true, stream_options: { include_usage: true } };

const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
const usageOf = (chunks) => chunks.findLast((chunk) => chunk.usage)?.usage;

module.exports = async ({ default: OpenAI }) => {
  const openai = new OpenAI({ maxRetries: 2 });
  const { completions } = openai.chat;
  await runSteps({
    plain: async () => {
      const { choices, usage } = await completions.create(chat);
      return { choices, usage };
    },
    withResponse: async () => {
      const { data, response } = await completions.create(chat).withResponse();
      return {
        usage: data.usage,
        status: response.status,
        used: response.bodyUsed,
        own: Object.keys(response),
      };
    },
    asResponse: async () => {
      const response = await completions.create(chat).asResponse();
      const copy = response.clone();
      const isReal = response instanceof Response && response.body instanceof ReadableStream;
      return { isReal, usage: (await response.json()).usage, length: (await copy.text()).length > 100 };
    },
    parse: async () => {
      const schema = {
        type: "object",
        properties: { price: { type: "number" } },
        required: ["price"],
        additionalProperties: false,
      };
      const answer = await completions.parse({
        ...chat,
        response_format: { type: "json_schema", json_schema: { name: "price", schema, strict: true } },
      });
      return { content: answer.choices[0].message.content, usage: answer.usage };
    },
    stream: async () => {
      const chunks = await partsOf(await completions.create(streamed));
      return { count: chunks.length, text: textOf(chunks), usage: usageOf(chunks) };
    },
    streamHelper: async () => {
      const stream = completions.stream(streamed);
      return { text: await stream.finalContent(), usage: (await stream.finalChatCompletion()).usage };
    },
    streamTee: async () => {
      const [left, right] = (await completions.create(streamed)).tee();
      const [one, other] = await Promise.all([partsOf(left), partsOf(right)]);
      return { same: JSON.stringify(one) === JSON.stringify(other), usage: usageOf(one) };
    },
    streamToReadable: async () => {
      const readable = (await completions.create(streamed)).toReadableStream();
      return { lines: (await new Response(readable).text()).trim().split("\n").length };
    },
    streamWithoutUsage: async () => {
      const chunks = await partsOf(await completions.create({ ...chat, stream: true }));
      return { text: textOf(chunks), usage: usageOf(chunks) ?? null };
    },
    streamInPieces: async () => {
      const stream = await completions.create(streamed, asked("split=3, crlf, encoding=br"));
      return usageOf(await partsOf(stream));
    },
    gzip: async () => (await completions.create(chat, asked("encoding=gzip"))).usage,
    br: async () => (await completions.create(chat, asked("encoding=br, split=7"))).usage,
    redirect: async () => (await completions.create(chat, asked("redirect"))).usage,
    responses: async () => {
      const response = await openai.responses.create({ model: "gpt-4o-mini", input: "How much?" });
      return { text: response.output_text, usage: response.usage };
    },
    responsesWithSearch: async () => {
      const request = { model: "gpt-4o-mini", input: "How much?", tools: [{ type: "web_search" }] };
      return (await openai.responses.create(request, asked("searches=2"))).usage;
    },
    responsesStream: async () => {
      const events = await partsOf(
        await openai.responses.create({ model: "gpt-4o-mini", input: "How much?", stream: true }),
      );
      return { types: events.map(({ type }) => type), usage: events.at(-1).response.usage };
    },
    embeddings: async () => {
      const { data, usage } = await openai.embeddings.create({
        model: "text-embedding-3-small",
        input: ["fish", "chips"],
      });
      return { count: data.length, length: data[0].embedding.length, usage };
    },
    models: async () => (await partsOf(await openai.models.list())).length,
    error400: () => completions.create({ ...chat, seed: 1 }, asked("status=400")),
    retried429: async () => (await completions.create(chat, asked("status=429, times=2"))).usage,
    retriedToNoEnd: () => completions.create(chat, asked("status=500")),
    abortBefore: async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      return completions.create(chat, { ...asked("delay=5000"), signal: abort.signal });
    },
    abortWithin: async () => {
      const stream = await completions.create(streamed, asked("hang=2"));
      setTimeout(() => stream.controller.abort(), 100);
      return (await partsOf(stream)).length;
    },
    breakWithin: async () =>
      (await partsOf(await completions.create(streamed, asked("chunk-delay=5")), 2)).length,
    cut: async () => partsOf(await completions.create(streamed, asked("cut=2"))),
    concurrent: async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => completions.create(chat)));
      return answers.map(({ usage }) => usage);
    },
  });
};
