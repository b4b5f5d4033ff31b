// Reads a very long body to its end, and prints how much there was, how long it took and how much memory it needed.
const [url] = process.argv.slice(2);
const post = { method: "POST", body: JSON.stringify({ model: "gpt-4o-mini", messages: [], stream: true }) };

// What the first call needs is no growth.
await (await fetch(`${url}?bytes=1000000`, post)).text();

const response = await fetch(url, post);
const startedAt = performance.now();
let bytes = 0;
for await (const chunk of response.body) bytes += chunk.byteLength;
const { maxRSS } = process.resourceUsage();
console.log(JSON.stringify({ bytes, ms: Math.round(performance.now() - startedAt), peakKiB: maxRSS }));
