import type { ReadStream } from "node:tty";
import { CommandFailure } from "./failures.ts";

/** Reads a secret that nobody is to see: a line of standard input, typed without echo where it is a terminal. */
export type ReadSecret = (prompt: string) => Promise<string>;

const CONTROL_C = "\u0003";
const CONTROL_D = "\u0004";
const BACKSPACES = ["\b", "\u007f"];
const LONGEST = 16_000;

/** `say` writes the prompt. Where the input ends, what was there so far is the secret. */
export function secretReader(input: ReadStream, say: (text: string) => void): ReadSecret {
  return async (prompt) => {
    const hidden = input.isTTY === true;
    if (hidden) {
      // First the silence: what answers the prompt at once must not be echoed either.
      input.setRawMode(true);
      say(prompt);
    }
    try {
      return (await readLine(input)).trim();
    } finally {
      input.pause();
      if (hidden) {
        input.setRawMode(false);
        say("\n");
      }
    }
  };
}

function readLine(input: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let line: string[] = [];
    const settle = (end: () => void) => {
      input.off("data", take).off("end", finish).off("error", fail);
      end();
    };
    const finish = () => settle(() => resolve(line.join("")));
    const fail = () => settle(() => reject(new CommandFailure("The token could not be read.")));
    const take = (text: string) => {
      for (const character of text) {
        if (character === CONTROL_C) return settle(() => reject(new CommandFailure("Nothing was changed.")));
        if (character === "\n" || character === "\r" || character === CONTROL_D) return finish();
        if (BACKSPACES.includes(character)) line = line.slice(0, -1);
        else if (line.length < LONGEST) line.push(character);
      }
    };
    input.setEncoding("utf8").on("data", take).on("end", finish).on("error", fail);
    input.resume();
  });
}
