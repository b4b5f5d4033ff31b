import { answer } from "../../answer.mjs";

export async function loader({ request }) {
  return answer(Number(new URL(request.url).searchParams.get("n")));
}

export default function Talk() {
  return <p>How much is the fish?</p>;
}
