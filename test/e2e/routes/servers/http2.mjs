import { createServer } from "node:http2";
import { answer, listening } from "./answer.mjs";

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => {
    text += part;
  });
  request.on("end", async () => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const n = text === "" ? searchParams.get("n") : JSON.parse(text).n;
    response.end(JSON.stringify(await answer(Number(n))));
  });
});
server.listen(0, () => listening(server));
