import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Rows beyond what is seen that are there too, so that a quick hand does not outrun them. */
const BEYOND = 20;
/** The window moves in steps of so many rows, so that most frames of a scroll change nothing. */
const STEP = 10;

export interface WindowedRows {
  /** Rows from `first` to `end` (exclusive) are to be drawn, */
  first: number;
  end: number;
  /** and so much room, in pixels, is to be left before and after them. */
  before: number;
  after: number;
}

/**
 * Which of many rows of one height are near enough to be seen, in a table's body that scrolls with the page. The height is
 * that of a row that is there (`[data-window-row]`): it follows the font and the zoom.
 */
export function useWindowedRows(
  body: RefObject<HTMLElement | null>,
  count: number,
  guessedHeight: number,
): WindowedRows {
  const [height, setHeight] = useState(guessedHeight);
  const [range, setRange] = useState({ first: 0, end: BEYOND * 3 });

  useEffect(() => {
    function look(): void {
      const element = body.current;
      if (element === null) return;
      const row = element.querySelector<HTMLElement>("[data-window-row]");
      // With its fractions: rounded it would depend on where the row stands, which depends on it.
      const measured = row?.getBoundingClientRect().height ?? 0;
      const rowHeight = measured === 0 || Math.abs(measured - height) < 0.1 ? height : measured;
      const above = -element.getBoundingClientRect().top;
      const firstSeen = Math.floor(above / rowHeight);
      const lastSeen = Math.ceil((above + innerHeight) / rowHeight);
      const first = Math.max(0, Math.floor((firstSeen - BEYOND) / STEP) * STEP);
      const end = Math.max(first + BEYOND, Math.ceil((lastSeen + BEYOND) / STEP) * STEP);
      setHeight(rowHeight);
      setRange((known) => (known.first === first && known.end === end ? known : { first, end }));
    }
    look();
    addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    if (body.current !== null) observer.observe(body.current);
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
      observer.disconnect();
    };
  }, [body, height]);

  const first = Math.min(range.first, Math.max(0, count - BEYOND));
  const end = Math.min(range.end, count);
  return { first, end, before: first * height, after: (count - end) * height };
}
