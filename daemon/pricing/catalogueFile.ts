import { createHash } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Provider } from "@pydantic/genai-prices";
import { z } from "zod";
import { type CatalogueLabel, catalogueDate, catalogueVersion } from "./catalogue.ts";
import { catalogueSchema } from "./catalogueSchema.ts";

/** A file cannot be taken for a list of prices. The message is one sentence for a user. */
export class CatalogueFileError extends Error {
  override name = "CatalogueFileError";
}

/** A list of prices that did not come with Taximeter. */
export interface ReadCatalogue {
  label: CatalogueLabel;
  providers: Provider[];
}

/** Ten times of what the list has today. */
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
const FEWEST_MODELS = 10;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** What is kept in `TAXIMETER_HOME`. */
const keptSchema = z.object({
  date: day,
  /** The list that came with Taximeter when this one was taken. */
  takenOver: z.string(),
  providers: z.unknown(),
});

/**
 * Reads a list in the format of `@pydantic/genai-prices`: its `data.json`, whole and checked to the last price, or nothing.
 * It says nothing of its age, so that is the day it was written, unless the user knows better. Throws `CatalogueFileError`.
 */
export async function readCatalogueFile(file: string, date?: string): Promise<ReadCatalogue> {
  const name = basename(file);
  const { text, modified } = await textOf(file, name);
  const document = parse(text);
  const list = Array.isArray(document) ? document : providersIn(document);
  return checked(list, date ?? modified.toISOString().slice(0, 10), name);
}

/** The list that was taken before and still holds, or `null`. Throws `CatalogueFileError` where it is broken. */
export async function loadKeptCatalogue(file: string): Promise<ReadCatalogue | null> {
  const kept = await textOf(file, basename(file)).catch(() => null);
  if (kept === null) return null;
  const document = keptSchema.safeParse(parse(kept.text));
  if (!document.success)
    throw new CatalogueFileError(`${basename(file)} is damaged: the built-in prices hold.`);
  const { date, takenOver, providers } = document.data;
  // Taximeter was updated since, and brought newer prices along.
  if (takenOver !== catalogueVersion && date < catalogueDate) return null;
  return checked(providers, date, basename(file));
}

/** Keeps a list for the next start. */
export async function keepCatalogue(file: string, { label, providers }: ReadCatalogue): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const kept = { date: label.date, takenOver: catalogueVersion, providers };
    await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new CatalogueFileError(`The prices could not be kept: ${codeOf(error)}.`);
  }
}

function checked(list: unknown, date: string, name: string): ReadCatalogue {
  const parsed = catalogueSchema.safeParse(list);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? "" : ` (${issue.path.join(".") || "the whole"}: ${issue.message})`;
    throw new CatalogueFileError(`${name} is no list of prices of @pydantic/genai-prices${where}.`);
  }
  const models = parsed.data.reduce((sum, provider) => sum + provider.models.length, 0);
  if (models < FEWEST_MODELS) {
    throw new CatalogueFileError(`${name} lists ${models} models: that cannot be all.`);
  }
  const version = createHash("sha256").update(JSON.stringify(parsed.data)).digest("hex").slice(0, 8);
  return {
    label: {
      priceVersion: `genai-prices@${date}-${version}`,
      version: `${date}-${version}`,
      date,
      origin: "file",
    },
    providers: parsed.data,
  };
}

async function textOf(file: string, name: string): Promise<{ text: string; modified: Date }> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) throw new CatalogueFileError(`${name} is no file.`);
    if (stats.size > LARGEST_FILE_BYTES) throw new CatalogueFileError(`${name} is larger than 16 MiB.`);
    return { text: await readFile(file, "utf8"), modified: stats.mtime };
  } catch (error) {
    if (error instanceof CatalogueFileError) throw error;
    throw new CatalogueFileError(`${file} cannot be read: ${codeOf(error)}.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Newer issues of the format have the list beside other things. */
function providersIn(document: unknown): unknown {
  return typeof document === "object" && document !== null && "providers" in document
    ? document.providers
    : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
