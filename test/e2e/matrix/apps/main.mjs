// Runs the scenario of one SDK as ES modules: `main.mjs <scenario> <JSON of what it is given>`.
const [scenario, given] = process.argv.slice(2);
const { default: run } = await import(`./${scenario}.cjs`);
await run({ ...JSON.parse(given), load: (name) => import(name) });
