const { asked, partsOf, runSteps } = require("./steps.cjs");

const request = {
  model: "claude-haiku-4-5",
  max_tokens: 200,
  messages: [{ role: "user", content: "How much is the fish?" }],
};
const cached = {
  ...request,
  system: [
    { type: "text", text: "You sell fish. ".repeat(50), cache_control: { type: "ephemeral", ttl: "1h" } },
  ],
};

module.exports = async ({ default: Anthropic }) => {
  const anthropic = new Anthropic({ maxRetries: 2 });
  const { messages } = anthropic;
  await runSteps({
    plain: async () => {
      const { content, usage } = await messages.create(request);
      return { content, usage };
    },
    cacheWritten: async () => (await messages.create(cached)).usage,
    cacheRead: async () => (await messages.create(cached)).usage,
    withResponse: async () => {
      const { data, response } = await messages.create(request).withResponse();
      return {
        usage: data.usage,
        status: response.status,
        used: response.bodyUsed,
        own: Object.keys(response),
      };
    },
    asResponse: async () => {
      const response = await messages.create(request).asResponse();
      return { isReal: response instanceof Response, usage: (await response.json()).usage };
    },
    stream: async () => {
      const events = await partsOf(await messages.create({ ...cached, stream: true }));
      return events.map(({ type, usage }) => [type, usage]);
    },
    streamHelper: async () => {
      const message = await messages.stream(request).finalMessage();
      return { content: message.content, usage: message.usage };
    },
    streamInPieces: async () => {
      const events = await partsOf(
        await messages.create({ ...request, stream: true }, asked("split=5, encoding=gzip")),
      );
      return events.length;
    },
    br: async () => (await messages.create(request, asked("encoding=br"))).usage,
    search: async () => (await messages.create(request, asked("searches=3"))).usage,
    countTokens: () => messages.countTokens({ model: request.model, messages: request.messages }),
    error400: () => messages.create({ ...request, top_k: 1 }, asked("status=400")),
    retried529: async () => (await messages.create(request, asked("status=529, times=1"))).usage,
    abortBefore: async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      return messages.create(request, { ...asked("delay=5000"), signal: abort.signal });
    },
    abortWithin: async () => {
      const stream = messages.stream(request, asked("hang=3"));
      setTimeout(() => stream.abort(), 150);
      return stream.finalMessage();
    },
    breakWithin: async () => {
      const stream = await messages.create({ ...request, stream: true }, asked("chunk-delay=5"));
      return (await partsOf(stream, 3)).length;
    },
    concurrent: async () => {
      const answers = await Promise.all([1, 2, 3, 4].map(() => messages.create(request)));
      return answers.map(({ usage }) => usage);
    },
  });
};
