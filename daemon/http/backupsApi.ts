import { constants } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { absolutePath } from "./absolutePath.ts";
import { Problem, refuseInput } from "./problem.ts";
import { json, jsonBody, route } from "./routes.ts";
import type { ApiSurroundings } from "./surroundings.ts";

const backupRoute = route(
  "/v1/backups",
  {
    method: "post",
    operationId: "backup",
    summary: "Copy the store into a new file",
    request: {
      body: jsonBody(z.object({ file: absolutePath })),
    },
  },
  { 200: json(z.object({ file: z.string(), bytes: z.int() }), "The copy, consistent in itself.") },
);

export function backupsApi({ store }: ApiSurroundings) {
  const app = new OpenAPIHono({ defaultHook: refuseInput });
  app.openapi(backupRoute, async (context) => {
    const { file } = context.req.valid("json");
    // The store would take a refusal by the disk for trouble of its own.
    if (await exists(file)) throw new Problem(400, `${file} exists already.`, "file");
    if (!(await isWritableFolder(dirname(file)))) {
      throw new Problem(400, `${dirname(file)} is no folder that can be written.`, "file");
    }
    await store.backup(file);
    return context.json({ file, bytes: (await stat(file)).size }, 200);
  });
  return app;
}

async function exists(file: string): Promise<boolean> {
  return await lstat(file).then(
    () => true,
    () => false,
  );
}

async function isWritableFolder(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
