/**
 * Everything that the shop asks of AI. Plain use of the three SDKs; their keys and base URLs come from the environment.
 * The only lines that know of a meter are the two that name a job and an action, and they are optional: without them
 * these calls would be attributed to the script.
 */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { withAction, withJob } from "taximeter";
import { catalogue, houseRules } from "./catalogue.mjs";

const openai = new OpenAI();
const anthropic = new Anthropic();
const google = new GoogleGenAI({});

/** Streams the answer to a customer, piece by piece. */
export async function* chat(question) {
  const stream = anthropic.messages.stream({
    model: "claude-haiku-4-5",
    max_tokens: 400,
    system: [{ type: "text", text: houseRules, cache_control: { type: "ephemeral" } }],
    messages: [{ role: "user", content: question }],
  });
  for await (const event of stream) {
    if (event.type === "content_block_delta" && event.delta.type === "text_delta") yield event.delta.text;
  }
}

/** The products nearest to a question, and a sentence on why. */
export async function search(question) {
  const { data } = await openai.embeddings.create({
    model: "text-embedding-3-small",
    input: [question, ...catalogue.map(({ note }) => note)],
  });
  const [asked, ...known] = data.map(({ embedding }) => embedding);
  const nearest = catalogue
    .map((product, index) => ({ product, likeness: likeness(asked, known[index]) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, 3)
    .map(({ product }) => product);
  const { text } = await google.models.generateContent({
    model: "gemini-2.5-flash",
    contents: `A customer looks for "${question}". Say in one sentence why these fit: ${JSON.stringify(nearest)}`,
  });
  return { products: nearest, why: text };
}

function likeness(a, b) {
  return a.reduce((sum, value, index) => sum + value * b[index], 0);
}

/** A description of a product for its page. */
export async function describe(product) {
  const response = await openai.responses.create({
    model: "gpt-4.1-mini",
    instructions: "Write a product description of about forty words. No exclamation marks.",
    input: `${product.name}. ${product.note}`,
  });
  return response.output_text;
}

/** Streams a translation of a product's note. */
export async function* translate(product, language) {
  const stream = await google.models.generateContentStream({
    model: "gemini-2.5-flash-lite",
    contents: `Translate into ${language}: ${product.note}`,
  });
  for await (const chunk of stream) yield chunk.text ?? "";
}

/** Answers a visitor who types in the search box; the cheapest model that will do. */
export async function suggest(beginning) {
  const stream = await openai.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: `Complete this search in a shop: ${beginning}` }],
    max_completion_tokens: 24,
    stream: true,
    stream_options: { include_usage: true },
  });
  let completed = beginning;
  for await (const chunk of stream) completed += chunk.choices[0]?.delta.content ?? "";
  return completed;
}

/** Background job: what kind of customer wrote to us. */
export const enrichLead = (lead) =>
  withJob("ENRICH_LEAD", async () => {
    const { output_text: summary } = await openai.responses.create({
      model: "gpt-5-mini",
      input: `Summarise what this customer may need: ${lead.message}`,
    });
    const { content } = await anthropic.messages.create({
      model: "claude-haiku-4-5",
      max_tokens: 200,
      messages: [{ role: "user", content: `Rate from 1 to 5 how urgent this is, with a reason: ${summary}` }],
    });
    return { ...lead, summary, urgency: content[0]?.text };
  });

/** Action of the back office: a draft is polished, then sent. */
export const sendDraft = (draft) =>
  withAction("draft.send", async () => {
    const { choices } = await openai.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [
        { role: "system", content: "Polish this letter. Keep its meaning and its length." },
        { role: "user", content: draft.text },
      ],
    });
    return { ...draft, text: choices[0]?.message.content, sent: true };
  });
