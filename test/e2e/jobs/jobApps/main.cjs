const [app, ...packages] = process.argv.slice(2);

require(`./${app}.cjs`)(...packages.map((name) => require(name)));
