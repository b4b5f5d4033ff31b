import type { LiveEvent } from "../../shared/live.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { createMeter } from "../daemon/meter.ts";
import type { MeterState } from "../daemon/meterState.ts";
import type { Language } from "../language.ts";
import type { Settings } from "../settings.ts";
import type { StatusBar } from "./statusBar.ts";
import { statusBarModel } from "./statusBarModel.ts";
import { createSteadyFigure } from "./steadyFigure.ts";
import { watchedQuery } from "./watchedSpend.ts";

export interface Ticker {
  /** Watches and shows what the settings ask for; hides where metering is off. */
  apply(settings: Settings, workspaceFolders: readonly string[]): void;
  dispose(): void;
}

export interface TickerListener {
  changed(state: MeterState): void;
  event(event: LiveEvent): void;
  connected(): void;
}

/** A figure that has stood for so long takes no more room than it needs. */
const CALM_MS = 4_000;

/** The status bar's life: the window's live stream, shown. */
export function createTicker(options: {
  link: DaemonLink;
  statusBar: StatusBar;
  language: Language;
  sessionStart: Date;
  /** Whether the settings of this workspace are followed. */
  isTrusted: () => boolean;
  now: () => Date;
  listener: TickerListener;
}): Ticker {
  const { link, statusBar, language, isTrusted, now, listener } = options;
  const figure = createSteadyFigure();
  let { sessionStart } = options;
  let watched = "";
  let watch = () => {};
  let spent: string | undefined;
  let calm: NodeJS.Timeout | undefined;
  let show: (state: MeterState) => void = () => {};
  const meter = createMeter(link, {
    ...listener,
    changed(state) {
      watch();
      show(state);
      if (state.spend?.total.costUsd !== spent) {
        spent = state.spend?.total.costUsd;
        clearTimeout(calm);
        calm = setTimeout(settle, CALM_MS).unref();
      }
      listener.changed(state);
    },
  });
  const settle = () => {
    figure.release();
    show(meter.state);
  };
  return {
    apply({ enabled, statusBarPeriod: period, statusBarScope: scope }, workspaceFolders) {
      if (!enabled) {
        show = () => {};
        watch = () => {};
        statusBar.hide();
        return;
      }
      show = (state) => {
        const view = { period, scope, workspaceFolders, now: now(), isTrusted: isTrusted() };
        statusBar.show(statusBarModel(state, view, language, figure.fill));
      };
      watch = () => {
        // A clock that was set back has not come to the session's start: it counts from now.
        if (sessionStart > now()) sessionStart = now();
        const query = watchedQuery({ period, scope }, { sessionStart, workspaceFolders });
        if (watched === JSON.stringify(query)) return;
        watched = JSON.stringify(query);
        meter.watch(query);
      };
      watch();
      settle();
    },
    dispose() {
      clearTimeout(calm);
      meter.dispose();
    },
  };
}
