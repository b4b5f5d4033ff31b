/** The dashboard's page in a browser. Scripts, styles and fonts are our own files, and nothing can be reached but us. */
export const dashboardPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** With the addresses of its script and its style sheet. */
export function dashboardPage({ script, style }: { script: string; style: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Taximeter</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}" id="vscode-codicon-stylesheet">
<script type="module" src="${script}"></script>
</head>
<body data-host="browser"><div id="app"></div></body>
</html>
`;
}

/** Who has no session is told how to get one. */
export const noSessionPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Taximeter</title><link rel="icon" href="data:,"></head>
<body>
<h1>Taximeter</h1>
<p>This address works once and for five minutes, and only in the browser that opened it first.</p>
<p>For a new one, run <code>taximeter dashboard</code> in a terminal.</p>
</body>
</html>
`;
