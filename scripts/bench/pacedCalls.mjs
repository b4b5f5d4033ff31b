/**
 * An app that makes so many calls with pauses between them, run with the shim preloaded. Prints when each response had
 * been read to its end, in milliseconds since 1970. Each call costs enough to change a figure in cents.
 */
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 700;

for (let count = Number(process.argv[2]); count > 0; count -= 1) {
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      "x-standin": "output=50000",
    },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.text();
  console.log(`ended ${performance.timeOrigin + performance.now()}`);
  await sleep(PAUSE_MS);
}
