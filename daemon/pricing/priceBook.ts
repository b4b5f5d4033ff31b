import {
  type KnownOverride,
  type ListedPrice,
  type PriceCatalogue,
  type PriceOverride,
  parsePriceName,
} from "../../shared/prices.ts";
import { type Catalogue, createCatalogue, loadCatalogue } from "./catalogue.ts";
import { CatalogueFileError, keepCatalogue, loadKeptCatalogue, readCatalogueFile } from "./catalogueFile.ts";
import { createOwnPrices } from "./ownPrices.ts";
import { amountsOf } from "./priceEntry.ts";
import { createPriceFileEditor } from "./priceFileEditor.ts";
import { type Pricer, pricerOf } from "./pricer.ts";
import type { FoundPrices, Prices } from "./prices.ts";

const HOUR_MS = 3_600_000;

/** A list is older than the one in force. The message is one sentence for a user. */
export class OlderCatalogueError extends Error {
  override name = "OlderCatalogueError";
}

/** All prices that there are: what prices calls, and what a user may see of it and change. */
export interface PriceBook {
  pricer: Pricer;
  catalogue(): PriceCatalogue;
  /** The user's own, with those of this workspace. */
  overrides(workspace: string | null): KnownOverride[];
  warnings(): string[];
  /** Every model of the catalogue by all of its names, with what it costs at any hour of the coming day. */
  sold(): { provider: string; model: string; prices: Prices[] }[];
  /** What a model (`name`, or `provider:name`) costs now in this workspace, by everybody who sells it. */
  listed(name: string, workspace: string | null): ListedPrice[];
  /** Writes the user's file, see `PriceFileEditor`. New prices hold from now on; history waits to be priced again. */
  setOverride(override: PriceOverride): Promise<KnownOverride>;
  removeOverride(name: Pick<PriceOverride, "provider" | "model">): Promise<boolean>;
  /**
   * Puts a list from a file in force, for good. Rejects with `CatalogueFileError` where it is none, and with
   * `OlderCatalogueError` where it is older than the one in force and not `force`d; then all stays as it is.
   */
  updateCatalogue(update: { file: string; date?: string; force: boolean }): Promise<PriceCatalogue>;
}

export interface PriceBookOptions {
  /** Path of the user's `prices.json`; it need not exist. */
  pricesFile: string;
  /** Where a list of prices is kept that did not come with Taximeter. */
  catalogueFile: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Prices are others now, or what is to be said of them. */
  onChanged?: () => void;
}

/** Loads the catalogue, which takes about 0.1 s: call it when the daemon listens already. */
export async function openPriceBook({
  pricesFile,
  catalogueFile,
  now,
  onChanged = () => {},
}: PriceBookOptions): Promise<PriceBook> {
  let broken: string[] = [];
  const kept = await loadKeptCatalogue(catalogueFile).catch((error: unknown) => {
    if (!(error instanceof CatalogueFileError)) throw error;
    broken = [error.message];
    return null;
  });
  let catalogue: Catalogue =
    kept === null ? await loadCatalogue() : createCatalogue(kept.providers, kept.label);
  const own = createOwnPrices(pricesFile, now);
  const editor = createPriceFileEditor(pricesFile);
  const warnings = () => [...broken, ...own.warnings()];
  const pricer = pricerOf({ own, catalogue: () => catalogue, now, warnings });

  return {
    pricer,
    catalogue: () => catalogue.state(now()),
    overrides: (workspace) => own.overrides(workspace),
    warnings,
    sold: () =>
      catalogue
        .sellers()
        .flatMap(({ provider, models }) =>
          models.map((model) => ({ provider, model, prices: pricesOfTheDay(provider, model) })),
        ),
    listed(name, workspace) {
      const asked = parsePriceName(name);
      const bySeller = sellersOf(name, workspace);
      if (bySeller.length > 0 || asked === null) return bySeller;
      return listedBy(asked.provider, asked.model, workspace);
    },
    async setOverride(override) {
      await editor.set(override);
      own.reload();
      onChanged();
      return { ...override, file: pricesFile, workspace: null };
    },
    async removeOverride(name) {
      const removed = await editor.remove(name);
      own.reload();
      onChanged();
      return removed;
    },
    async updateCatalogue({ file, date, force }) {
      const read = await readCatalogueFile(file, date);
      const inForce = catalogue.state(now());
      if (read.label.date < inForce.date && !force) {
        throw new OlderCatalogueError(
          `These prices are of ${read.label.date}, older than those in force (${inForce.date}).`,
        );
      }
      await keepCatalogue(catalogueFile, read);
      broken = [];
      catalogue = createCatalogue(read.providers, read.label);
      onChanged();
      return catalogue.state(now());
    },
  };

  /** Some sell at other prices in busy hours. */
  function pricesOfTheDay(provider: string, model: string): Prices[] {
    const found = Array.from({ length: 24 }, (_, hour) =>
      catalogue.find(provider, model, now() + hour * HOUR_MS),
    );
    return [...new Set(found.flatMap((each) => (each === undefined ? [] : [each.prices])))];
  }

  function sellersOf(model: string, workspace: string | null): ListedPrice[] {
    const owners = own
      .overrides(workspace)
      .filter((override) => override.model?.toLowerCase() === model.toLowerCase());
    const sellers = [...owners.map(({ provider }) => provider), ...catalogue.sellersOf(model, now())];
    return [...new Set(sellers)].flatMap((provider) => listedBy(provider, model, workspace));
  }

  function listedBy(provider: string, model: string | null, workspace: string | null): ListedPrice[] {
    const found =
      own.find(workspace, provider, [model]) ??
      (model === null ? undefined : catalogue.find(provider, model, now()));
    return found === undefined ? [] : [listedPrice(provider, found)];
  }
}

function listedPrice(provider: string, found: FoundPrices): ListedPrice {
  const { key, version, free, lowerBound = false, prices } = found;
  return { provider, key, version, free, lowerBound, ...amountsOf(prices) };
}
