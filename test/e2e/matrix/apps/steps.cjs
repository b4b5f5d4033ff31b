/** What a run does not have in common with the next: names and times. */
const passing = new Set([
  ...["id", "item_id", "itemId", "responseId", "response_id", "messageId", "researchId"],
  ...["created", "created_at", "createdAt", "completed_at", "timestamp", "date"],
]);

/** A result as plain JSON: what its own `toJSON` says of it, without what passes. */
function plain(result) {
  const text = JSON.stringify(result, (key, value) => {
    if (passing.has(key) || key.startsWith("_")) return undefined;
    return typeof value === "bigint" ? String(value) : value;
  });
  return text === undefined ? null : JSON.parse(text);
}

/** Runs named steps one after the other and prints what the host saw in each, as one line. */
exports.runSteps = async (steps) => {
  for (const [name, step] of Object.entries(steps)) {
    let line;
    try {
      line = { name, seen: plain(await step()) };
    } catch (error) {
      line = { name, seen: null, failed: `${error.name}: ${error.message}` };
    }
    console.log(JSON.stringify(line));
  }
};

/** Reads a stream to its end and answers its parts. */
exports.partsOf = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
};
