/** A reporter for `node --test`: each test as a line of JSON, named by its place, so that equal names stay apart. */
export default async function* outcomes(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const outcome = data.skip ? "skipped" : data.todo ? "todo" : type === "test:pass" ? "passed" : "failed";
    const place = data.line === undefined ? "" : `${data.line}:${data.column} `;
    yield `${JSON.stringify({ file: data.file ?? data.name, name: `${place}${data.name}`, outcome })}\n`;
  }
}
