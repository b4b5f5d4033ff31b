/** As wide as a digit, where digits are all of one width, as they are in the status bar. */
const FIGURE_SPACE = "\u2007";
/** As wide as a point or a comma. */
const PUNCTUATION_SPACE = "\u2008";

/** Keeps a figure that changes many times a second at one width, so that nothing beside it moves. */
export interface SteadyFigure {
  /** The figure, filled up in front to the width of the widest since the last `release`. */
  fill(figure: string): string;
  release(): void;
}

export function createSteadyFigure(): SteadyFigure {
  let digits = 0;
  let points = 0;
  return {
    fill(figure) {
      const ownDigits = countOf(figure, /\d/g);
      const ownPoints = countOf(figure, /[.,]/g);
      digits = Math.max(digits, ownDigits);
      points = Math.max(points, ownPoints);
      return FIGURE_SPACE.repeat(digits - ownDigits) + PUNCTUATION_SPACE.repeat(points - ownPoints) + figure;
    },
    release() {
      digits = 0;
      points = 0;
    },
  };
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
