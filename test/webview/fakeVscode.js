// What VS Code and the extension are to the dashboard in a webview: messages, a kept state, and a theme's variables.
const posted = [];
let state;
let live;
const post = (message) => window.postMessage(message, window.origin);
const routes = {
  spend: "GET /v1/spend",
  series: "GET /v1/series",
  calls: "GET /v1/calls",
  budgets: "GET /v1/budgets",
  status: "GET /v1/status",
};

function search({ filters = {}, groupBy, ...rest } = {}) {
  const params = new URLSearchParams(rest);
  for (const [name, values] of Object.entries(filters))
    for (const value of values) params.append(name, value);
  if (groupBy !== undefined) params.set("groupBy", [groupBy].flat().join(","));
  return params;
}

async function relay({ requestId, route, request }) {
  // So says the extension where it got no answer at all: words, and no status.
  if (window.stopped) {
    return post({ type: "response", requestId, ok: false, error: { error: "The daemon was stopped." } });
  }
  const [method, path] = (routes[route] ?? `GET /v1/calls/${request.id}`).split(" ");
  const response = await fetch(`${path}?${search(request.query)}`, { method });
  const body = await response.json();
  const { ok, status } = response;
  post({ type: "response", requestId, ok, ...(ok ? { body } : { error: body, status }) });
}

function watch({ query }) {
  live?.close();
  live = new EventSource(`/v1/live?${search(query)}`);
  live.onopen = () => post({ type: "connection", connection: "live", detail: null });
  for (const type of ["snapshot", "spend", "call", "budget", "health"]) {
    live.addEventListener(type, ({ data }) =>
      post({ type: "live", event: { type, data: JSON.parse(data) } }),
    );
  }
}

window.posted = posted;
window.acquireVsCodeApi = () => ({
  postMessage(message) {
    posted.push(structuredClone(message));
    if (message.type === "request") void relay(message);
    if (message.type === "watch") watch(message);
  },
  getState: () => state,
  setState(next) {
    state = next;
  },
});

const theme = {
  "--vscode-font-family": "system-ui, sans-serif",
  "--vscode-font-size": "13px",
  "--vscode-editor-font-family": "monospace",
  "--vscode-editor-background": "#000000",
  "--vscode-foreground": "#ffffff",
  "--vscode-descriptionForeground": "#ffffff",
  "--vscode-errorForeground": "#f48771",
  "--vscode-contrastBorder": "#6fc3df",
  "--vscode-contrastActiveBorder": "#f38518",
  "--vscode-focusBorder": "#f38518",
  "--vscode-textLink-foreground": "#21a6ff",
  "--vscode-button-background": "#000000",
  "--vscode-button-foreground": "#ffffff",
  "--vscode-button-border": "#6fc3df",
  "--vscode-settings-dropdownBackground": "#000000",
  "--vscode-settings-dropdownForeground": "#ffffff",
  "--vscode-settings-dropdownBorder": "#6fc3df",
  "--vscode-editorWidget-background": "#0c141f",
  "--vscode-editorWarning-foreground": "#ffd370",
  "--vscode-charts-blue": "#59a4f9",
  "--vscode-charts-purple": "#bc3fbc",
  "--vscode-charts-green": "#89d185",
  "--vscode-charts-orange": "#d18616",
  "--vscode-charts-yellow": "#ffd370",
  "--vscode-charts-red": "#f48771",
  "--vscode-testing-iconPassed": "#73c991",
};
for (const [name, value] of Object.entries(theme)) document.documentElement.style.setProperty(name, value);
document.body.classList.add("vscode-high-contrast");
