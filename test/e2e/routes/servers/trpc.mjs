import { initTRPC } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import express from "express";
import { answer, listening } from "./answer.mjs";

const { router, procedure } = initTRPC.create();
const ask = procedure.input((input) => input.n);
const appRouter = router({
  chat: router({ ask: ask.query(({ input }) => answer(input)) }),
  agent: router({ ask: ask.mutation(({ input }) => answer(input)) }),
});
if (process.argv[2] === "express") {
  const app = express();
  app.use("/trpc", createExpressMiddleware({ router: appRouter }));
  const server = app.listen(0, () => listening(server));
} else {
  const server = createHTTPServer({ router: appRouter });
  server.listen(0, () => listening(server));
}
