// A call over node:http, as axios and its like make them.
import { request } from "node:http";

const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "How much?" }] });
const headers = { "content-type": "application/json" };
request(`${process.env.OPENAI_BASE_URL}/chat/completions`, { method: "POST", headers }, async (response) => {
  let text = "";
  for await (const part of response) text += part;
  console.log(JSON.stringify(JSON.parse(text).usage));
}).end(body);
