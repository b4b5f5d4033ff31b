// Runs the scenario of one SDK as CommonJS: `main.cjs <scenario> <JSON of what it is given>`.
const [scenario, given] = process.argv.slice(2);
require(`./${scenario}.cjs`)({ ...JSON.parse(given), load: async (name) => require(name) });
