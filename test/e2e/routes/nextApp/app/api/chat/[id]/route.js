import { after } from "next/server";
import { answer } from "../../../../answer.mjs";

export async function GET(request) {
  const n = Number(new URL(request.url).searchParams.get("n"));
  return Response.json(await answer(n, n % 3 === 0 ? after : undefined));
}
