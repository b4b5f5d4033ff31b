/** The model's name tells which request a report is of. */
export async function ask(model) {
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer stand-in", "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "How much is the fish?" }] }),
  });
  await response.text();
}
