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
const years = express.Router();
years.get("/x/:id", async (request, response) => response.json(await answer(Number(request.query.n))));
const tenants = express.Router();
tenants.use(["/y/:year", "/z"], years);
app.use("/api/t/:tenant", (_request, _response, next) => next(), tenants);
app.use("/api/between/:from-:to", years);
const within = express();
within.use("/deep", years);
app.use("/api/apps/:app", within);
app.get("/api/summary", async (request, response) => response.json(await answer(Number(request.query.n))));
const agents = express.Router();
agents.post("/:agent", async (request, response) => response.json(await answer(request.body.n)));
app.use("/api/agents", agents);
const server = app.listen(0, () => listening(server));
