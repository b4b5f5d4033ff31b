import { readFileSync } from "node:fs";

declare const __TAXIMETER_VERSION__: string | undefined;

/** Our own version: written into the bundle by its build; from the sources, that of the manifest. */
export function ownVersion(): string {
  if (typeof __TAXIMETER_VERSION__ === "string") return __TAXIMETER_VERSION__;
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const version = typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : null;
  return typeof version === "string" ? version : "0.0.0";
}
