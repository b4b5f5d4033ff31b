import { after } from "next/server";
import { answer } from "../../../answer.mjs";

async function talk(form) {
  "use server";
  const n = Number(form.get("n"));
  await answer(n, n % 3 === 0 ? after : undefined);
}

export default async function Page({ params }) {
  const { topic } = await params;
  return (
    <form action={talk}>
      <input name="n" aria-label={topic} />
    </form>
  );
}
