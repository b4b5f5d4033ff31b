const { partsOf, runSteps } = require("./steps.cjs");

const prompt = "How much is the fish?";

/** `ai` and its providers' packages, all of one generation. */
module.exports = async ({ load, packages, urls }) => {
  const [{ generateText, streamText, embed }, openaiOf, anthropicOf, googleOf, perplexityOf, bedrockOf] =
    await Promise.all(packages.map(load));
  const key = { apiKey: "none" };
  const openai = openaiOf.createOpenAI({ ...key, baseURL: urls.openai });
  const anthropic = anthropicOf.createAnthropic({ ...key, baseURL: `${urls.anthropic}/v1` });
  const google = googleOf.createGoogleGenerativeAI({ ...key, baseURL: `${urls.google}/v1beta` });
  const perplexity = perplexityOf.createPerplexity({ ...key, baseURL: urls.perplexity });
  const bedrock = bedrockOf.createAmazonBedrock({
    region: "us-east-1",
    accessKeyId: "none",
    secretAccessKey: "none",
    baseURL: urls["aws.bedrock"],
  });

  const generated = async (model) => {
    const { text, finishReason, usage } = await generateText({ model, prompt, maxRetries: 0 });
    return { text, finishReason, usage };
  };
  const streamed = async (model) => {
    const errors = [];
    const result = streamText({
      model,
      prompt,
      maxRetries: 0,
      onError: ({ error }) => errors.push(String(error)),
    });
    const parts = await partsOf(result.textStream);
    return { parts, errors, finishReason: await result.finishReason, usage: await result.usage };
  };
  const both = (name, model) => ({
    [`${name}: generateText`]: () => generated(model),
    [`${name}: streamText`]: () => streamed(model),
  });
  const retried = async (model, more) => {
    const { text, usage } = await generateText({ model, prompt: "Are you busy?", maxRetries: 1, ...more });
    return { text, usage };
  };
  await runSteps({
    ...both("openai.chat", openai.chat("gpt-4o-mini")),
    ...both("openai.responses", openai.responses("gpt-5-mini")),
    "openai.chat: generateText retried after 429": () =>
      retried(openai.chat("gpt-4o-mini"), { headers: { "x-standin": "status=429, times=1" } }),
    "openai: embed": async () => {
      const model = openai.textEmbeddingModel("text-embedding-3-small");
      return (await embed({ model, value: "fish" })).usage;
    },
    ...both("anthropic", anthropic("claude-haiku-4-5")),
    ...both("google", google("gemini-2.5-flash")),
    ...both("perplexity", perplexity("sonar")),
    ...both("amazon-bedrock", bedrock("us.amazon.nova-lite-v1:0")),
    "amazon-bedrock: generateText retried after 429": () => retried(bedrock("us.amazon.nova-lite-v1:0")),
    "amazon-bedrock: embed": async () => {
      const model = bedrock.textEmbeddingModel("amazon.titan-embed-text-v2:0");
      return (await embed({ model, value: "fish" })).usage;
    },
  });
};
