// Gives undici's own tests the built-in fetch where they ask for that of the checkout in SUITE_CHECKOUT.
const Module = require("node:module");
const { join, sep } = require("node:path");

const checkout = process.env.SUITE_CHECKOUT;
const tests = join(checkout, "test") + sep;
const entries = new Set(
  ["index.js", "index-fetch.js", "undici-fetch.js"].map((name) => join(checkout, name)),
);
const names = ["fetch", "Headers", "Request", "Response", "FormData"];

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const exports = load.call(this, request, parent, isMain);
  if (!parent?.filename?.startsWith(tests)) return exports;
  const resolved = Module._resolveFilename(request, parent, isMain);
  return entries.has(resolved) ? withBuiltIns(exports) : exports;
};

function withBuiltIns(exports) {
  const replaced = Object.defineProperties({}, Object.getOwnPropertyDescriptors(exports));
  for (const name of names) {
    if (name in exports) Object.defineProperty(replaced, name, { value: globalThis[name], enumerable: true });
  }
  return replaced;
}
