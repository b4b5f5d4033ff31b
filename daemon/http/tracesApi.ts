import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Encoding } from "../otlp/exportRequest.ts";
import { errorSchema } from "./apiSchemas.ts";
import { MAX_BODY_BYTES } from "./callsApi.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const decompress = promisify(gunzip);

const PROTOBUF = "application/x-protobuf";
const TOO_LONG = "The body is longer than 16 MB. Send it in parts.";

const protobuf = z.string().openapi({ format: "binary" });

const tracesRoute = route(
  "/v1/traces",
  {
    method: "post",
    operationId: "traces",
    summary: "Report calls as OpenTelemetry's spans",
    description:
      "OTLP/HTTP: an ExportTraceServiceRequest in protobuf or JSON, compressed with gzip or not. Spans that asked a model are calls, what is around them says to whom they belong, all others are left aside. Sending a span again changes nothing.",
    request: {
      body: {
        required: true,
        content: {
          [PROTOBUF]: { schema: protobuf },
          "application/json": { schema: z.object({ resourceSpans: z.array(z.unknown()).optional() }) },
        },
      },
    },
  },
  {
    200: {
      description: "An ExportTraceServiceResponse; `partialSuccess` says what was refused.",
      content: {
        [PROTOBUF]: { schema: protobuf },
        "application/json": { schema: z.object({ partialSuccess: z.unknown().optional() }) },
      },
    },
    413: json(errorSchema, "The body is longer than 16 MB, compressed or not."),
    415: json(errorSchema, "Neither protobuf nor JSON, or compressed with something else than gzip."),
  },
);

export function tracesApi({ spans }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });

  app.use(
    "/v1/traces",
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new Problem(413, TOO_LONG);
      },
    }),
  );

  // The body is described here and read by hand: it is no JSON of ours.
  app.openAPIRegistry.registerPath(tracesRoute);
  app.post("/v1/traces", async (context) => {
    const isProtobuf = context.req.header("content-type")?.trim().toLowerCase().startsWith(PROTOBUF);
    const encoding: Encoding = isProtobuf ? "protobuf" : "json";
    const body = await readBody(context);
    // Only who gets spans has to load what reads them.
    const { readExportRequest, writeExportResponse } = await import("../otlp/exportRequest.ts");
    const reading = readExportRequest(body, encoding);
    if ("error" in reading) throw new Problem(400, reading.error);

    const { rejected, reason } = await spans.take(reading.spans);
    const rejectedSpans = reading.rejected + rejected;
    const errorMessage = reason ?? "A span has no id, or no start.";
    const answer = writeExportResponse(rejectedSpans > 0 ? { rejectedSpans, errorMessage } : null, encoding);
    return context.body(answer, 200, { "content-type": isProtobuf ? PROTOBUF : "application/json" });
  });

  return app;
}

/** The body as it was before it was compressed: a small one may become a very large one, which is refused on its way. */
async function readBody(context: Context): Promise<Uint8Array> {
  const body = new Uint8Array(await context.req.arrayBuffer());
  if (context.req.header("content-encoding")?.trim().toLowerCase() !== "gzip") return body;
  try {
    return await decompress(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    const isTooLong = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLong ? new Problem(413, TOO_LONG) : new Problem(400, "The body is no gzip.");
  }
}
