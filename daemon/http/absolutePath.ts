import { isAbsolute } from "node:path";
import { z } from "@hono/zod-openapi";

/** Of a file that the daemon is to read or write for whoever asks: its own working directory is nobody's. */
export const absolutePath = z
  .string()
  .max(4_000, "is too long")
  .refine((file) => isAbsolute(file) && !file.includes("\u0000"), "must be an absolute path");
