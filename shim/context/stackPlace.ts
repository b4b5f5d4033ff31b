import { isOfPackage } from "../../shared/sourcePaths.ts";
import { type CapturedStack, framesIn, isNobodys } from "./callSite.ts";

/** Before each line of a place that does not call what stands before it, but awaits it. */
export const AWAITING = "~";

/** Where a call was made, by all that led to it, the nearest first, a line each: the same text for the same place. */
export function placeOf(captured: CapturedStack): string {
  if (captured.place !== undefined) return captured.place;
  let place = "";
  let isOfPackages = true;
  for (const frame of framesIn(captured)) {
    const name = frame.getFileName() ?? frame.getScriptNameOrSourceURL();
    if (!name) continue;
    const file = fileOf(name);
    if (file.isNobodys) continue;
    const position = frame.getPosition?.() ?? `${frame.getLineNumber()}:${frame.getColumnNumber()}`;
    place += `${frame.isAsync() ? AWAITING : ""}${file.mark}:${position}\n`;
    isOfPackages &&= file.isOfPackage;
    if (isOfPackages) captured.ownFrom = place.length;
  }
  if (isOfPackages && captured.later !== undefined) place += placeOf(captured.later);
  if (isOfPackages && captured.outer !== undefined) {
    const start = place.length;
    place += placeOf(captured.outer);
    captured.ownFrom = start + (captured.outer.ownFrom ?? 0);
  }
  // What is called by packages alone may still get its second look.
  if (!isOfPackages || captured.later !== undefined) captured.place = place;
  return place;
}

/**
 * Whether the developer's code that led to two calls is the same, or differs at first and is the same further out: as with
 * `limited(() => ask(one))` and `limited(() => ask(other))`.
 */
export function meetFurtherOut(one: CapturedStack, other: CapturedStack): boolean {
  const [steps, others] = [ownSteps(one), ownSteps(other)];
  const apart = steps.findIndex((step, index) => step !== others[index]);
  if (apart === -1) return steps.length === others.length;
  const further = new Set(others.slice(apart));
  return steps.slice(apart).some((step) => further.has(step));
}

function ownSteps(captured: CapturedStack): string[] {
  const place = placeOf(captured).slice(captured.ownFrom ?? 0);
  return place.split("\n").filter((step) => step !== "");
}

interface MetFile {
  /** Short, for it is written down for each frame of each call. */
  mark: string;
  /** Node's, or the shim's. */
  isNobodys: boolean;
  isOfPackage: boolean;
}

const MAX_REMEMBERED_FILES = 1_000;
const metFiles = new Map<string, MetFile>();

function fileOf(name: string): MetFile {
  const known = metFiles.get(name);
  if (known !== undefined) return known;
  const hasRoom = metFiles.size < MAX_REMEMBERED_FILES;
  const file: MetFile = {
    mark: hasRoom ? String(metFiles.size) : name,
    isNobodys: isNobodys(name),
    isOfPackage: isOfPackage(name),
  };
  if (hasRoom) metFiles.set(name, file);
  return file;
}
