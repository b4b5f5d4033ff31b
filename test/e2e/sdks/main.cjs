// Runs the scenarios of one SDK as CommonJS: `main.cjs <scenarios> <package of the SDK>`.
const [scenarios, sdk] = process.argv.slice(2);
require(`./${scenarios}.cjs`)(require(sdk));
