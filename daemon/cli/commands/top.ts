import { Command, Option } from "commander";
import type { LiveEvent } from "../../../shared/live.ts";
import { formatUsd } from "../../../shared/money.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { counted } from "../format/numbers.ts";
import { plainText } from "../format/text.ts";
import { addSelection, parseCount, type SelectionOptions, selectionQuery } from "../selection.ts";
import { callLine } from "../ticker/callLine.ts";
import { type PanelOptions, renderPanel, renderTickerLine } from "../ticker/panel.ts";
import { openScreen } from "../ticker/screen.ts";
import { afterEvent, emptyTicker, type TickerState } from "../ticker/state.ts";

interface TopOptions extends SelectionOptions {
  once?: true;
  line?: true;
  json?: true;
  seconds?: number;
}

/** Somebody who is told of everything that comes over the live stream. */
interface Viewer {
  changed(state: TickerState, event: LiveEvent | null): void;
  close(): void;
}

/** `taximeter top`: the live ticker in the terminal. */
export function topCommand(context: CommandContext): Command {
  const command = new Command("top").description("the ticker, live in the terminal");
  return addSelection(command, "today")
    .option("--once", "shows where it stands, and ends")
    .option("--line", "on one line")
    .addOption(new Option("--seconds <n>", "ends by itself after so long").argParser(parseCount))
    .option("--json", "every event as a line of JSON: {type, data}")
    .action(async (options: TopOptions) => {
      const connection = context.connect();
      // A daemon that can't be had is said once and at once; one that is lost later is waited for.
      await connection.request("status", {});
      const viewer = options.once ? onceViewer(context, options) : openViewer(context, options);
      let state = emptyTicker;
      await new Promise<void>((resolve, reject) => {
        const watch = connection.watch(selectionQuery(options, "today"), {
          event(event) {
            state = afterEvent(state, event);
            viewer.changed(state, event);
            if (options.once && event.type === "snapshot") end();
          },
          connection(status, detail) {
            state = { ...state, connection: status, detail };
            if (options.once && status === "lost") end(new CommandFailure(detail ?? "The daemon is gone."));
            else viewer.changed(state, null);
          },
        });
        const stop = () => end();
        const timer = options.seconds === undefined ? undefined : setTimeout(stop, options.seconds * 1_000);
        process.on("SIGINT", stop).on("SIGTERM", stop);
        function end(failure?: Error) {
          clearTimeout(timer);
          process.off("SIGINT", stop).off("SIGTERM", stop);
          watch.dispose();
          viewer.close();
          if (failure === undefined) resolve();
          else reject(failure);
        }
      });
    });
}

function panelOptions(context: CommandContext, { since, until }: TopOptions): PanelOptions {
  const from = since ?? "today";
  return {
    theme: context.theme,
    ...context.out.size(),
    period: plainText(until === undefined ? from : `${from} – ${until}`),
  };
}

function onceViewer(context: CommandContext, options: TopOptions): Viewer {
  return {
    changed(state, event) {
      if (event?.type !== "snapshot") return;
      if (options.json) context.out.write(`${JSON.stringify(event.data, null, 2)}\n`);
      else {
        const panel = { ...panelOptions(context, options), rows: Number.POSITIVE_INFINITY };
        const lines = options.line ? [renderTickerLine(state, panel)] : renderPanel(state, panel);
        context.out.write(lines.map((line) => `${line}\n`).join(""));
      }
    },
    close() {},
  };
}

function openViewer(context: CommandContext, options: TopOptions): Viewer {
  if (options.json) return jsonViewer(context);
  return context.out.isTty ? screenViewer(context, options) : logViewer(context, options);
}

function jsonViewer(context: CommandContext): Viewer {
  return {
    changed(_state, event) {
      if (event !== null) context.out.write(`${JSON.stringify(event)}\n`);
    },
    close() {},
  };
}

/** Drawings are at least so far apart: more than the eye can follow is wasted on it. */
const FRAME_MS = 80;

function screenViewer(context: CommandContext, options: TopOptions): Viewer {
  const screen = openScreen(context.out);
  let latest = emptyTicker;
  let due: NodeJS.Timeout | undefined;
  const draw = () => {
    due = undefined;
    const panel = panelOptions(context, options);
    screen.draw(options.line ? [renderTickerLine(latest, panel)] : renderPanel(latest, panel));
  };
  const drawSoon = () => {
    due ??= setTimeout(draw, FRAME_MS);
  };
  process.stdout.on("resize", drawSoon);
  return {
    changed(state) {
      latest = state;
      drawSoon();
    },
    close() {
      process.stdout.off("resize", drawSoon);
      clearTimeout(due);
      draw();
      screen.close();
    },
  };
}

/** One line for each call that has ended, each budget that was crossed, and each loss of the daemon. */
function logViewer(context: CommandContext, options: TopOptions): Viewer {
  const { period } = panelOptions(context, options);
  const say = (line: string) => context.out.write(`${line}\n`);
  let greeted = false;
  let connection = emptyTicker.connection;
  return {
    changed(state, event) {
      if (state.connection === "lost" && connection !== "lost") say(`connection lost: ${state.detail ?? ""}`);
      connection = state.connection;
      switch (event?.type) {
        case "snapshot": {
          const { total } = event.data.spend;
          if (!greeted) say(`${formatUsd(total.costUsd)} ${period}, ${counted(total.calls, "call")}`);
          greeted = true;
          return;
        }
        case "call":
          for (const call of event.data.calls) {
            if (call.status !== "pending") say(callLine(call));
          }
          return;
        case "budget":
          if (event.data.crossed !== null) {
            say(`budget ${plainText(event.data.crossed.id)}: ${event.data.crossed.threshold} % is spent`);
          }
          return;
        default:
      }
    },
    close() {},
  };
}
