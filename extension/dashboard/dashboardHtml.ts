import type { Period, Scope } from "../settings.ts";

/** What the window looks at, for the page to begin with the same. */
export interface DashboardView {
  /** Absolute path of the first folder of the window; `null` where none is open. */
  workspace: string | null;
  scope: Scope;
  period: Period;
  sessionStart: Date;
}

export interface DashboardAssets {
  scriptUri: string;
  styleUri: string;
  /** What the content security policy calls the webview's own origin. */
  cspSource: string;
  /** Fresh for each page, base64. */
  nonce: string;
  locale: string;
  title: string;
}

/**
 * The page around the dashboard's bundle. Nothing but our own files may be loaded and nothing can be connected to: all
 * data comes by messages. Styles may be inline since the chart and the controls set them on their elements. The id of
 * the style sheet is where the icons' shadow trees look for their font.
 */
export function dashboardHtml(assets: DashboardAssets, view: DashboardView): string {
  const { cspSource, nonce } = assets;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join("; ");
  const { scriptUri, styleUri, locale, title } = mapValues(assets, escapeAttribute);
  const workspace = view.workspace === null ? "" : ` data-workspace="${escapeAttribute(view.workspace)}"`;
  return `<!doctype html>
<html lang="${locale}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="stylesheet" href="${styleUri}" id="vscode-codicon-stylesheet" />
  </head>
  <body data-host="vscode"${workspace} data-scope="${view.scope}" data-period="${view.period}" data-session-start="${view.sessionStart.toISOString()}">
    <div id="app"></div>
    <script type="module" nonce="${nonce}" src="${scriptUri}"></script>
  </body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function mapValues<Key extends string>(
  record: Record<Key, string>,
  map: (value: string) => string,
): Record<Key, string> {
  const entries = Object.entries<string>(record).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries) as Record<Key, string>;
}
