/**
 * The id of the function that Inngest asks for: it calls an app over HTTP, whatever framework serves it, with `fnId` and
 * `stepId` in the query. Nothing of the package is touched, which Next.js and others bundle.
 */
export function inngestFunction(url: string): string | null {
  // Asked of every URL, of which hardly any is Inngest's.
  if (!url.includes("fnId=") || !url.includes("stepId=")) return null;
  const query = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  return query.has("stepId") ? query.get("fnId") : null;
}
