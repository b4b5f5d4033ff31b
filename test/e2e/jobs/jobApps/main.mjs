const [app, ...packages] = process.argv.slice(2);

const { default: run } = await import(`./${app}.cjs`);
await run(...(await Promise.all(packages.map((name) => import(name)))));
