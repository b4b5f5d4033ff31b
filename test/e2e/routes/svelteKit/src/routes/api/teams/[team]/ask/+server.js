import { json } from "@sveltejs/kit";
import { answer } from "../../../../../../answer.mjs";

export async function POST({ request }) {
  return json(await answer((await request.json()).n));
}
