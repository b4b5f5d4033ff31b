/** `npm run package [-- --target linux-x64|darwin-arm64|…]`: builds and packages the extension for one platform. */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { buildBundles } from "./lib/build.mjs";
import { packageExtension } from "./lib/extensionPackage.mjs";
import { ownTarget, targetRefusal } from "./lib/natives.mjs";
import { ensureDependencies } from "./lib/setup.mjs";

const SHOWN_FILES = 10;

const { values } = parseArgs({ options: { target: { type: "string", default: ownTarget() } } });
const refusal = targetRefusal(values.target);
if (refusal !== null) {
  console.error(refusal);
  process.exit(2);
}

await ensureDependencies();
console.log("Building …");
await buildBundles();
console.log(`Packaging for ${values.target} …`);
const { vsix, bytes, files } = await packageExtension({ target: values.target });

console.log(
  `\n${relative(process.cwd(), vsix)}: ${megabytes(bytes)} packed, ${files.length} files, the biggest:`,
);
for (const file of files.slice(0, SHOWN_FILES))
  console.log(`  ${megabytes(file.bytes).padStart(9)}  ${file.path}`);

function megabytes(count) {
  return `${(count / 1e6).toFixed(count < 1e5 ? 3 : 1)} MB`;
}
