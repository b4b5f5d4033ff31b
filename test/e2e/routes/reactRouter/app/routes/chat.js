import { answer } from "../../answer.mjs";

export async function loader({ request }) {
  return Response.json(await answer(Number(new URL(request.url).searchParams.get("n"))));
}
