import { answer } from "../../answer.mjs";

export async function action({ request }) {
  return Response.json(await answer((await request.json()).n));
}
