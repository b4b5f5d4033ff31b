import fastify from "fastify";
import { answer, listening } from "./answer.mjs";

const app = fastify();
app.get("/api/chat/:chatId", (request) => answer(Number(request.query.n)));
app.get("/api/summary", (request, reply) => {
  void answer(Number(request.query.n)).then((done) => reply.send(done));
});
app.register(
  async (teams) => {
    teams.post("/ask", (request) => answer(request.body.n));
  },
  { prefix: "/api/teams/:team" },
);
app.register(
  async (agents) => {
    agents.post("/:agent", (request) => answer(request.body.n));
  },
  { prefix: "/api/agents" },
);
await app.listen({ port: 0 });
listening(app.server);
