import { answer } from "../../../../../answer.mjs";

export async function POST(request) {
  const { n } = await request.json();
  return Response.json(await answer(n));
}
