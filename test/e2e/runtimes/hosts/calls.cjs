const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "How much is the fish?" }] };

/** Makes a plain call and a streamed one, and prints what the host saw of them as one line. */
exports.makeCalls = async (OpenAI, who) => {
  const { completions } = new OpenAI({ maxRetries: 0 }).chat;
  const { usage } = await completions.create(chat);
  const stream = await completions.create({
    ...chat,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let streamed;
  for await (const part of stream) {
    text += part.choices[0]?.delta?.content ?? "";
    streamed = part.usage ?? streamed;
  }
  console.log(JSON.stringify({ who, usage, text, streamed }));
};
