// Runs the scenarios of one SDK as ES modules: `main.mjs <scenarios> <package of the SDK>`.
const [scenarios, sdk] = process.argv.slice(2);
const { default: run } = await import(`./${scenarios}.cjs`);
await run(await import(sdk));
