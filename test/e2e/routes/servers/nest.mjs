import "reflect-metadata";
import { Body, Controller, Get, Module, Post, Query } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { answer, listening } from "./answer.mjs";

/** Without a compiler decorators are called by hand, the one above the method last. */
function route(type, name, method, parameter) {
  parameter(type.prototype, name, 0);
  method(type.prototype, name, Object.getOwnPropertyDescriptor(type.prototype, name));
}

class Chats {
  chat(n) {
    return answer(Number(n));
  }
  summary(n) {
    return answer(Number(n));
  }
}
Controller()(Chats);
route(Chats, "chat", Get("chat/:chatId"), Query("n"));
route(Chats, "summary", Get("summary"), Query("n"));

class Teams {
  ask({ n }) {
    return answer(n);
  }
}
Controller("teams/:team")(Teams);
route(Teams, "ask", Post("ask"), Body());

class Agents {
  ask({ n }) {
    return answer(n);
  }
}
Controller("agents")(Agents);
route(Agents, "ask", Post(":agent"), Body());

class App {}
Module({ controllers: [Chats, Teams, Agents] })(App);

const adapters = {
  express: async () => new (await import("@nestjs/platform-express")).ExpressAdapter(),
  fastify: async () => new (await import("@nestjs/platform-fastify")).FastifyAdapter(),
};
const app = await NestFactory.create(App, await adapters[process.argv[2]](), { logger: false });
app.setGlobalPrefix("api");
await app.listen(0);
listening(app.getHttpServer());
