import { useEffect, useRef } from "preact/hooks";
import { useDashboard } from "./dashboardContext.ts";

/** How long after a scroll it is kept: a webview's state is not written at every frame. */
const KEEP_AFTER_MS = 250;
/** A view that has not grown to where it was by then is left where it is. */
const GIVE_UP_AFTER_MS = 10_000;

/**
 * Keeps how far each view was scrolled, and takes it there again when it is shown, over reloads too. The page is not tall
 * enough at first: where its list goes on, more of it is read until it is.
 */
export function useKeptScroll(): void {
  const { view, scroll, calls } = useDashboard();
  const restoring = useRef(false);

  useEffect(() => {
    const wanted = scroll.peek()[view.value] ?? 0;
    const startedAt = performance.now();
    let frame = 0;
    const approach = () => {
      scrollTo({ top: wanted, behavior: "instant" });
      const there = Math.abs(scrollY - wanted) < 2;
      restoring.current = !there && performance.now() - startedAt < GIVE_UP_AFTER_MS;
      if (!restoring.current) return;
      if (view.peek() === "calls") calls.loadMore();
      frame = requestAnimationFrame(approach);
    };
    approach();
    // Whoever scrolls themselves is not to be pulled elsewhere.
    const giveUp = () => {
      restoring.current = false;
      cancelAnimationFrame(frame);
    };
    addEventListener("wheel", giveUp, { passive: true, once: true });
    addEventListener("pointerdown", giveUp, { once: true });
    addEventListener("keydown", giveUp, { once: true });
    return () => {
      giveUp();
      removeEventListener("wheel", giveUp);
      removeEventListener("pointerdown", giveUp);
      removeEventListener("keydown", giveUp);
    };
  }, [view.value]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!restoring.current) scroll.value = { ...scroll.peek(), [view.peek()]: Math.round(scrollY) };
      }, KEEP_AFTER_MS);
    };
    addEventListener("scroll", keep, { passive: true });
    return () => {
      clearTimeout(timer);
      removeEventListener("scroll", keep);
    };
  }, []);
}
