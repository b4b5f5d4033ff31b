import { answer } from "../../../answer.mjs";

export default async function handler(request, response) {
  response.json(await answer(request.body.n));
}
