import type { Endpoint } from "../../shared/call.ts";
import {
  endpointRule,
  mappedProvider,
  type ProviderMapping,
  providerOfHost,
} from "../../shared/providers.ts";
import type { ReadableFormat } from "../extract/readingPlan.ts";

/** An exchange that is looked at. */
export interface Target {
  endpoint: Endpoint;
  /** Only where the user named it for this host. */
  provider: string | undefined;
  format: ReadableFormat;
  /** `false`: it is a call only if usage is found in its answer. */
  isCall: boolean;
}

/** Whose a host is: that of a known provider, that of the user's mapping, or nobody's. */
type Owner = { provider: string; mapped: boolean } | null;

export interface Targets {
  /** Whether anything on the host of this URL may be of interest; cheap. */
  ownerOf(url: string): Owner;
  find(url: string, method: string): Target | undefined;
}

interface Place {
  host: string;
  path: string;
}

/** `scheme://host:port/path`, without user info, which takes the slow way. */
const PLAIN_URL = /^(https?):\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d+))?(\/[^?#]*)?(?:[?#]|$)/;

const MAX_REMEMBERED_HOSTS = 512;

export function createTargets(mappings: readonly ProviderMapping[]): Targets {
  const owners = new Map<string, Owner>();

  /** A host asks for few URLs, again and again. */
  let lastUrl: string | undefined;
  let lastPlace: Place | undefined;
  const placeOf = (url: string) => {
    if (url !== lastUrl) {
      lastPlace = placeIn(url);
      lastUrl = url;
    }
    return lastPlace;
  };

  const ownerOfHost = (host: string): Owner => {
    let owner = owners.get(host);
    if (owner === undefined) {
      const mapped = mappedProvider(mappings, host);
      const known = mapped === undefined ? providerOfHost(host)?.name : undefined;
      owner =
        mapped !== undefined
          ? { provider: mapped, mapped: true }
          : known !== undefined
            ? { provider: known, mapped: false }
            : null;
      if (owners.size >= MAX_REMEMBERED_HOSTS) owners.clear();
      owners.set(host, owner);
    }
    return owner;
  };

  return {
    ownerOf(url) {
      const place = placeOf(url);
      return place === undefined ? null : ownerOfHost(place.host);
    },
    find(url, method) {
      const place = placeOf(url);
      if (place === undefined) return undefined;
      const owner = ownerOfHost(place.host);
      if (owner === null) return undefined;
      const rule = endpointRule(owner.provider, method, place.path);
      if (rule === undefined && !owner.mapped) return undefined;
      return {
        endpoint: { host: place.host, path: place.path, method },
        provider: owner.mapped ? owner.provider : undefined,
        format: rule?.format ?? "any",
        isCall: rule !== undefined,
      };
    },
  };
}

/** Host as in `URL.host` (lower case, port only where not the default) and path of an absolute HTTP URL. */
function placeIn(url: string): Place | undefined {
  const match = PLAIN_URL.exec(url);
  if (match === null) return placeByParsing(url);
  const [, scheme, name = "", port, path = "/"] = match;
  const isDefault = port === undefined || port === (scheme === "https" ? "443" : "80");
  const host = isDefault ? name : `${name}:${port}`;
  if (path.includes("/.")) return placeByParsing(url);
  return { host: host.toLowerCase(), path };
}

function placeByParsing(url: string): Place | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? { host, path: pathname } : undefined;
}
