import type { Source } from "../../../shared/sources.ts";
import type { Guard } from "../../guard.ts";
import type { Attribution } from "../attribution.ts";
import { type InboundRequest, watchInboundRequests } from "../inbound.ts";
import { member, type PackagePatch } from "../packages.ts";
import type { RequestWork } from "../requestWork.ts";
import { routeOfPattern } from "../route.ts";
import { expressPattern } from "./express.ts";
import { watchFastify } from "./fastify.ts";
import { hono } from "./hono.ts";
import type { Inbound } from "./inbound.ts";
import { koa, koaPattern } from "./koa.ts";
import { createNextRoutes } from "./next.ts";
import { createSvelteKitRoutes } from "./svelteKit.ts";
import { webSockets } from "./webSockets.ts";

export interface RoutesSurroundings {
  guard: Guard;
  attribution: Attribution;
  work: Pick<RequestWork, "began" | "answered">;
  /** The job that a service runs by asking for this URL, which is no route then. */
  jobOf(url: string): Source | null;
}

export interface Routes {
  /** Of the frameworks that tell of their routes to no one who does not know them. */
  patches: PackagePatch[];
  /** Begins to follow the requests that the process serves, and the frameworks that announce their routes. */
  watch(): void;
}

/**
 * The routes of inbound requests, by the patterns of the frameworks where they can be had. On the way of a request there is
 * only what keeps them; they are read when an AI call is made, and put into words when it is reported.
 */
export function createRoutes({ guard, attribution, work, jobOf }: RoutesSurroundings): Routes {
  const next = createNextRoutes();
  const svelteKit = createSvelteKitRoutes();
  // Those that may stand within another come first.
  const readers = [next.pattern, svelteKit.pattern, koaPattern, expressPattern];
  const patternOf = (marks: object | null): string | null => {
    for (const read of readers) {
      const pattern = guard.attempt(() => read(marks));
      if (typeof pattern === "string" && routeOfPattern(pattern) !== null) return pattern;
    }
    return null;
  };
  const enter = ({ url, method, request, response }: InboundRequest) => {
    const inbound: Inbound = { url, method, marks: request, pattern: null, patternOf, service: null };
    work.began(inbound);
    attribution.enterRequest(inbound, { request, response }, jobOf(url), () =>
      guard.attempt(() => work.answered(inbound)),
    );
  };
  const change = (step: (inbound: Inbound) => void) => {
    guard.attempt(() => {
      const inbound = attribution.inbound();
      if (inbound !== null) step(inbound);
    });
  };
  const note = (pattern: unknown) => {
    change((inbound) => {
      if (typeof pattern === "string") inbound.pattern = pattern;
    });
  };
  const mark = (marks: object) => {
    change((inbound) => {
      inbound.marks = marks;
    });
  };
  const serve = <Result>(request: object, socket: unknown, step: () => Result): Result => {
    const { carrier, current } = attribution;
    return carrier.run(current(), () => {
      const [url, method] = [member(request, "url"), member(request, "method")];
      if (typeof url === "string" && typeof method === "string") {
        guard.attempt(() => enter({ url, method, request, response: socket }));
      }
      return step();
    });
  };
  return {
    patches: [next.patch, svelteKit.patch, koa(mark), hono(note), webSockets(serve)],
    watch() {
      watchInboundRequests((request) => guard.attempt(() => enter(request)));
      watchFastify(note);
    },
  };
}
