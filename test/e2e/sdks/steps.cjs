/** Runs named steps one after the other and prints what the host saw in each, as one line. */
exports.runSteps = async (steps) => {
  for (const [name, step] of Object.entries(steps)) {
    let seen;
    try {
      seen = await step();
    } catch (error) {
      seen = {
        error: error.name,
        kind: error.constructor.name,
        status: error.status,
        message: error.message,
      };
    }
    console.log(JSON.stringify({ name, seen }));
  }
};

/** Reads a stream to its end, or to so many parts, and answers its parts. */
exports.partsOf = async (stream, most = Number.POSITIVE_INFINITY) => {
  const parts = [];
  for await (const part of stream) {
    parts.push(part);
    if (parts.length >= most) break;
  }
  return parts;
};

/** A header by which the stand-in is told how to answer. */
exports.asked = (directives) => ({ headers: { "x-standin": directives } });
