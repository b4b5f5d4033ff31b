/**
 * What a test may ask of the stand-in for one request: in the header `x-standin: status=429, times=1`, or, where no header
 * can be set, behind the model's name: `gpt-4o-mini~status=429~times=1`.
 *
 *   status=N            answer with the provider's error document for that HTTP status
 *   times=N             … only the first N times that this very request comes; then it succeeds, and it starts anew
 *   retry-after-ms=N    what an error says of when to try again (default 10)
 *   delay=MS            wait before the answer's headers
 *   chunk-delay=MS      wait between the events of a stream
 *   encoding=E          gzip, br, deflate or zstd
 *   split=N             write the (encoded) body in pieces of N bytes, across the borders of events and characters
 *   crlf                end the lines of a stream by CR LF
 *   output=N            tokens of the answer
 *   reasoning=N         tokens of reasoning
 *   cached=N            tokens of the prompt that came from a cache (OpenAI, Gemini)
 *   searches=N          web searches made by the provider
 *   tier=T              service tier that served the request
 *   no-usage            say nothing of usage
 *   cut=N               drop the connection after N events of a stream, or N bytes of a document
 *   hang=N              go silent after N events of a stream, and keep the connection
 *   redirect            first answer 307 to the same address
 */

/**
 * @param {string | undefined} header
 * @param {string | undefined} model
 * @returns {{ model: string | undefined, directives: Map<string, string> }} the model without its directives
 */
export function readDirectives(header, model) {
  const [name, ...behind] = model?.split("~") ?? [undefined];
  const directives = new Map();
  for (const text of [...(header?.split(",") ?? []), ...behind]) {
    const [key, value = ""] = text.trim().split("=");
    if (key) directives.set(key, value);
  }
  return { model: name, directives };
}

/** The number of a directive, or what holds without it. */
export function directiveNumber(directives, name, otherwise) {
  const value = directives.get(name);
  return value === undefined || value === "" ? otherwise : Number(value);
}
