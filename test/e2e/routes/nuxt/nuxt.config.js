import { fileURLToPath } from "node:url";

const shared = ["answer.mjs", "pools.mjs"].map((file) => fileURLToPath(new URL(file, import.meta.url)));

export default {
  compatibilityDate: "2025-07-15",
  telemetry: false,
  // The development server leaves what stands outside of `server/` where it is, and does not find it there.
  nitro: { externals: { inline: shared } },
};
