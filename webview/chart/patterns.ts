const TILE = 8;

type Strokes = (context: OffscreenCanvasRenderingContext2D) => void;

function line(x1: number, y1: number, x2: number, y2: number): Strokes {
  return (context) => {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  };
}

/** What is drawn over each slot's colour; the first one stays plain. */
const strokes: readonly Strokes[][] = [
  [],
  [line(-1, TILE + 1, TILE + 1, -1), line(-1, 1, 1, -1), line(TILE - 1, TILE + 1, TILE + 1, TILE - 1)],
  [line(0, TILE / 2, TILE, TILE / 2)],
  [line(TILE / 2, 0, TILE / 2, TILE)],
  [line(0, TILE / 2, TILE, TILE / 2), line(TILE / 2, 0, TILE / 2, TILE)],
  [line(-1, -1, TILE + 1, TILE + 1), line(-1, TILE - 1, 1, TILE + 1), line(TILE - 1, -1, TILE + 1, 1)],
];

/** A fill for a slot that can be told from the others without its colour. */
export function patternFill(slot: number, colour: string, background: string): CanvasPattern | string {
  const drawn = strokes[slot % strokes.length] ?? [];
  if (drawn.length === 0) return colour;
  const context = new OffscreenCanvas(TILE, TILE).getContext("2d");
  if (context === null) return colour;
  context.fillStyle = colour;
  context.fillRect(0, 0, TILE, TILE);
  context.strokeStyle = background;
  context.lineWidth = 2;
  context.beginPath();
  for (const stroke of drawn) stroke(context);
  context.stroke();
  return context.createPattern(context.canvas, "repeat") ?? colour;
}
