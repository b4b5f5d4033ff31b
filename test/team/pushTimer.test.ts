import { expect, test } from "vitest";
import { createPushTimer } from "../../daemon/team/pushTimer.ts";

/** Waits that were asked for, one after the other. */
function waits(random = 1) {
  const asked: number[] = [];
  let nowMs = 1_000_000;
  let due = () => {};
  const timer = createPushTimer({
    timers: {
      set(ms, run) {
        asked.push(ms);
        due = run;
        return () => {};
      },
    },
    nowMs: () => nowMs,
    random: () => random,
    onDue: () => {},
  });
  return { timer, asked, due: () => due(), pass: (ms: number) => (nowMs += ms) };
}

test("calls are pushed some seconds after the first of them, and no oftener than each fifteen", () => {
  const { timer, asked, due, pass } = waits();
  timer.changed();
  timer.changed();
  expect(asked).toEqual([2_000]);
  due();
  timer.succeeded();
  pass(5_000);
  timer.changed();
  expect(asked).toEqual([2_000, 10_000]);
  due();
  timer.succeeded();
  pass(60_000);
  timer.changed();
  expect(asked.at(-1)).toBe(2_000);
});

test("after failures it waits longer and longer, whatever changes meanwhile, and never the same for all", () => {
  const { timer, asked } = waits(0);
  const late = waits(1);
  for (let failure = 0; failure < 12; failure += 1) {
    timer.failed("unreachable");
    late.timer.failed("unreachable");
    timer.changed();
  }
  expect(asked).toHaveLength(12);
  expect(asked.slice(0, 3)).toEqual([2_500, 5_000, 10_000]);
  expect(late.asked.slice(0, 3)).toEqual([5_000, 10_000, 20_000]);
  expect(late.asked.at(-1)).toBe(600_000);
  timer.soon();
  timer.failed("unreachable");
  expect(asked.at(-1)).toBe(2_500);
});

test("a clock that was set back delays nothing", () => {
  const { timer, asked, due, pass } = waits();
  timer.changed();
  due();
  timer.succeeded();
  pass(-86_400_000);
  timer.changed();
  expect(asked.at(-1)).toBe(2_000);
});
