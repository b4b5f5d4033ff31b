const { call, pause } = require("./work.cjs");

module.exports = async ({ name, data }) => {
  await pause();
  await call(`${name}#${data.index}#awaited`);
};
