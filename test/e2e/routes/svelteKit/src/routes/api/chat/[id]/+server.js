import { json } from "@sveltejs/kit";
import { answer } from "../../../../../answer.mjs";

export async function GET({ url }) {
  return json(await answer(Number(url.searchParams.get("n"))));
}
