const { request } = require("node:http");

const pause = () => new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 10));

/** Its `model` says where it is made, and is found again in the report. */
function call(model) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "How much is the fish?" }] });
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers };
    const asked = request(`${process.env.PROVIDER_URL}/v1/chat/completions`, options, (response) => {
      response.on("end", resolve).resume();
    });
    asked.on("error", reject).end(body);
  });
}

/** Calls after an await, and from a timer. */
async function work(model) {
  await pause();
  await call(model);
  await new Promise((resolve, reject) => {
    setTimeout(() => call(model).then(resolve, reject), 3);
  });
}

const OUTSIDE = "outside";
const numbers = Array.from({ length: 20 }, (_, index) => index);

module.exports = { call, work, numbers, OUTSIDE };
