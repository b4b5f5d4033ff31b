import { randomUUID } from "node:crypto";
import { readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type PriceOverride, priceName } from "../../shared/prices.ts";

/** The file cannot be changed without losing what is in it. The message is one sentence for a user. */
export class PriceFileError extends Error {
  override name = "PriceFileError";
}

/** Changes a user's `prices.json` and keeps all else that is in it: other entries, wrong ones as well, and their order. */
export interface PriceFileEditor {
  set(override: PriceOverride): Promise<void>;
  /** Whether there was one. */
  remove(name: Pick<PriceOverride, "provider" | "model">): Promise<boolean>;
}

/** Throws `PriceFileError` where the file holds something else than prices; it is made where there is none. */
export function createPriceFileEditor(path: string): PriceFileEditor {
  /** One change at a time: each begins with what the one before has written. */
  let last: Promise<unknown> = Promise.resolve();

  function change<Result>(
    work: (models: unknown[]) => { models: unknown[]; result: Result },
  ): Promise<Result> {
    const next = last.then(async () => {
      const { document, models, indent } = await read(path);
      const { models: changed, result } = work(models);
      if (changed !== models) await write(path, { ...document, models: changed }, indent);
      return result;
    });
    last = next.catch(() => {});
    return next;
  }

  return {
    set: (override) =>
      change((models) => {
        const { provider, model, ...amounts } = override;
        const entry = { provider, ...(model === null ? {} : { model }), ...amounts };
        const place = models.findIndex((each) => isNamed(each, override));
        return {
          models: place === -1 ? [...models, entry] : models.with(place, entry),
          result: undefined,
        };
      }),
    remove: (name) =>
      change((models) => {
        const rest = models.filter((each) => !isNamed(each, name));
        const removed = rest.length < models.length;
        return { models: removed ? rest : models, result: removed };
      }),
  };
}

function isNamed(entry: unknown, wanted: Pick<PriceOverride, "provider" | "model">): boolean {
  if (typeof entry !== "object" || entry === null || !("provider" in entry)) return false;
  const { provider } = entry;
  const model = "model" in entry ? entry.model : null;
  if (typeof provider !== "string" || (typeof model !== "string" && model !== null)) return false;
  const name = { provider: provider.trim(), model: model?.trim() ?? null };
  return priceName(name).toLowerCase() === priceName(wanted).toLowerCase();
}

async function read(path: string): Promise<{ document: object; models: unknown[]; indent: string | number }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return { document: {}, models: [], indent: 2 };
    throw new PriceFileError(`${basename(path)} cannot be read: ${String(code ?? error)}.`);
  }
  const document = parse(text);
  if (typeof document !== "object" || document === null || Array.isArray(document)) throw notPrices(path);
  const models = "models" in document ? document.models : [];
  if (!Array.isArray(models)) throw notPrices(path);
  return { document, models, indent: /^[{[]\r?\n([ \t]+)/.exec(text)?.[1] ?? 2 };
}

function notPrices(path: string): PriceFileError {
  return new PriceFileError(`${path} is not {"models": [...]}: put it right, or move it away.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** Under another name first, so that nobody reads half of it; where the name is a link, what it leads to is written. */
async function write(path: string, document: object, indent: string | number): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(document, null, indent)}\n`, { mode: 0o600 });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new PriceFileError(`${path} cannot be written: ${String(code)}.`);
  }
}
