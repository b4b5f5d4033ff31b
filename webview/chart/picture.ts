export interface PictureWords {
  title: string;
  subtitle: string;
  legend: { colour: string; label: string }[];
}

const MARGIN = 24;
const HEAD = 64;
const LINE = 22;
const SWATCH = 10;

/** A chart with what it shows, as a PNG in the colours of the page; `null` where the browser cannot. */
export async function chartPicture(chart: HTMLCanvasElement, words: PictureWords): Promise<Blob | null> {
  const ratio = chart.width / chart.clientWidth;
  const width = chart.clientWidth + 2 * MARGIN;
  const rows = legendRows(words.legend, width);
  const height = HEAD + chart.clientHeight + rows.length * LINE + 2 * MARGIN;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const style = getComputedStyle(document.body);
  context.scale(ratio, ratio);
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, width, height);
  context.fillStyle = style.color;
  context.font = `600 22px ${style.fontFamily}`;
  context.fillText(words.title, MARGIN, MARGIN + 20, width - 2 * MARGIN);
  context.font = `12px ${style.fontFamily}`;
  context.fillText(words.subtitle, MARGIN, MARGIN + 42, width - 2 * MARGIN);
  context.drawImage(chart, MARGIN, HEAD + MARGIN / 2, chart.clientWidth, chart.clientHeight);
  for (const [row, items] of rows.entries()) {
    const y = HEAD + MARGIN + chart.clientHeight + row * LINE;
    for (const { x, colour, label } of items) {
      context.fillStyle = colour;
      context.fillRect(x, y, SWATCH, SWATCH);
      context.fillStyle = style.color;
      context.fillText(label, x + SWATCH + 6, y + SWATCH);
    }
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** The legend's entries side by side, as many as fit into a row. Letters are taken to be of one width. */
function legendRows(legend: PictureWords["legend"], width: number) {
  const LETTER = 7;
  const rows: { x: number; colour: string; label: string }[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const { colour, label } of legend) {
    const shown = label.length > 40 ? `${label.slice(0, 39)}…` : label;
    const needed = SWATCH + 6 + shown.length * LETTER + 18;
    if (x + needed > width - MARGIN) {
      rows.push([]);
      x = MARGIN;
    }
    rows.at(-1)?.push({ x, colour, label: shown });
    x += needed;
  }
  return rows;
}
