import { answer, listening } from "./answer.mjs";

const { default: express } = await import(process.argv[2]);
const app = express();
app.use(express.json());
app.get("/api/chat/:chatId", async (request, response) => {
  response.json(await answer(Number(request.query.n)));
});
const teams = express.Router({ mergeParams: true });
teams.post("/ask", async (request, response) => response.json(await answer(request.body.n)));
app.use("/api/teams/:team", teams);
app.get("/api/summary", async (request, response) => response.json(await answer(Number(request.query.n))));
const agents = express.Router();
agents.post("/:agent", async (request, response) => response.json(await answer(request.body.n)));
app.use("/api/agents", agents);
const server = app.listen(0, () => listening(server));
