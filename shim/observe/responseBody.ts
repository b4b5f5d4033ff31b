import { watchBodyReaders } from "./bodyReaders.ts";
import type { BodyListener } from "./bodySource.ts";
import { watchBodySource } from "./bodySource.ts";

/** Watches the body of a response that the host is about to get. */
export function watchResponseBody(response: Response, listener: BodyListener): void {
  const { body } = response;
  if (body === null) {
    listener.closed();
    return;
  }
  if (!watchBodySource(body, listener)) watchBodyReaders(response, listener);
}
