import { answer } from "../../../../answer.mjs";

export async function load({ url }) {
  return answer(Number(url.searchParams.get("n")));
}
