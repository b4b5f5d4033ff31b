import OpenAI from "openai";

export const dynamic = "force-dynamic";

/** Makes a plain call and a streamed one. */
export async function GET(_request, { params }) {
  const { id } = await params;
  const { completions } = new OpenAI({ maxRetries: 0 }).chat;
  const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: `How much is ${id}?` }] };
  const { usage } = await completions.create(chat);
  let streamed = null;
  const stream = await completions.create({
    ...chat,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const part of stream) streamed = part.usage ?? streamed;
  return Response.json({ id, usage, streamed });
}
