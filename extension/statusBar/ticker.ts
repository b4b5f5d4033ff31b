import type { LiveEvent } from "../../shared/live.ts";
import type { DaemonLink } from "../daemon/daemonLink.ts";
import { createMeter } from "../daemon/meter.ts";
import type { MeterState } from "../daemon/meterState.ts";
import type { Language } from "../language.ts";
import type { Settings } from "../settings.ts";
import type { StatusBar } from "./statusBar.ts";
import { statusBarModel } from "./statusBarModel.ts";
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

/** The status bar's life: the window's live stream, shown. */
export function createTicker(options: {
  link: DaemonLink;
  statusBar: StatusBar;
  language: Language;
  sessionStart: Date;
  listener: TickerListener;
}): Ticker {
  const { link, statusBar, language, sessionStart, listener } = options;
  let watched = "";
  let show: (state: MeterState) => void = () => {};
  const meter = createMeter(link, {
    ...listener,
    changed(state) {
      show(state);
      listener.changed(state);
    },
  });
  return {
    apply({ enabled, statusBarPeriod: period, statusBarScope: scope }, workspaceFolders) {
      if (!enabled) {
        show = () => {};
        statusBar.hide();
        return;
      }
      show = (state) => statusBar.show(statusBarModel(state, { period, scope, workspaceFolders }, language));
      const query = watchedQuery({ period, scope }, { sessionStart, workspaceFolders });
      if (watched !== JSON.stringify(query)) {
        watched = JSON.stringify(query);
        meter.watch(query);
      }
      show(meter.state);
    },
    dispose: () => meter.dispose(),
  };
}
