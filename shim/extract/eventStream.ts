/** Takes a stream of server-sent events in pieces of any size, cut anywhere. */
export interface EventStreamReader {
  write(bytes: Uint8Array): void;
  /** The stream has ended: an event that lacks its blank line is looked at as well. */
  end(): void;
}

export interface EventStreamOptions {
  /**
   * Where in these bytes of one or more whole events anything of interest stands, in any order; of what makes what came
   * before it worthless, the last place will do. Asked first, so it must be cheap.
   */
  placesOfInterest(events: Buffer): number[];
  /**
   * The data of one event of interest, its lines joined. The first event with data is always given. The bytes are valid
   * during the call only.
   */
  onData(data: Buffer): void;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const DATA = Buffer.from("data");
const BLANK_LINE = "\n\n";

/** One event that is longer is no event of a provider; it is left out. */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;

/**
 * Reads server-sent events as the WHATWG's "event stream interpretation" says (any line ending, comments, byte order
 * mark, several data lines), but looks into those of interest only: of all others it only finds the end.
 */
export function createEventStreamReader(options: EventStreamOptions): EventStreamReader {
  /** Copies of the bytes since the end of the last whole event. */
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let skipping = false;
  let started = false;
  let sawData = false;

  const give = (data: Buffer) => {
    // What is of interest may have stood in another field of the event.
    if (sawData && options.placesOfInterest(data).length === 0) return;
    sawData = true;
    options.onData(data);
  };

  const look = (events: Buffer) => {
    const places = options.placesOfInterest(events);
    if (sawData && places.length === 0) return;
    // Then what stands between the events is not as easily found.
    if (events.includes(CR)) return forEachEvent(events, give);
    let seen = 0;
    while (!sawData && seen < events.length) {
      const end = endOfEvent(events, seen);
      forEachEvent(events.subarray(seen, end), give);
      seen = end;
    }
    for (const place of places.toSorted((one, other) => one - other)) {
      if (place < seen) continue;
      const end = endOfEvent(events, place);
      forEachEvent(events.subarray(startOfEvent(events, place), end), give);
      seen = end;
    }
  };

  const carry = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    carriedBytes += bytes.length;
    if (carriedBytes > MAX_EVENT_BYTES) {
      skipping = true;
      carried = [bytes.subarray(-2)].map((tail) => Buffer.from(tail));
      carriedBytes = MAX_EVENT_BYTES;
      return;
    }
    carried.push(Buffer.from(bytes));
  };

  const dropCarried = () => {
    carried = [];
    carriedBytes = 0;
    skipping = false;
  };

  const write = (bytes: Uint8Array) => {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (chunk.length === 0) return;
    if (!started) {
      if (carriedBytes + chunk.length < BOM.length) return carry(chunk);
      chunk = joined(carried, chunk);
      dropCarried();
      started = true;
      if (chunk.subarray(0, BOM.length).equals(BOM)) chunk = chunk.subarray(BOM.length);
    }
    let end = endOfLastEvent(chunk);
    if (end === 0 && carried.length > 0) {
      // The blank line may have been cut in two.
      const tail = carried.at(-1)?.subarray(-2) ?? Buffer.alloc(0);
      end = Math.max(0, endOfLastEvent(Buffer.concat([tail, chunk.subarray(0, 2)])) - tail.length);
    }
    if (end === 0) return carry(chunk);
    const events = chunk.subarray(0, end);
    if (skipping) look(events.subarray(endOfFirstEvent(events)));
    else look(carried.length === 0 ? events : joined(carried, events));
    dropCarried();
    carry(chunk.subarray(end));
  };

  const end = () => {
    if (carried.length > 0 && !skipping) look(Buffer.concat(carried));
    dropCarried();
  };

  return { write, end };
}

function joined(parts: readonly Buffer[], last: Buffer): Buffer {
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}

/** Where the last blank line of these bytes ends, or 0. */
function endOfLastEvent(bytes: Buffer): number {
  // Most providers send whole events, with plain line feeds.
  const { length } = bytes;
  if (bytes[length - 1] === LF && bytes[length - 2] === LF) return length;
  const hasCR = bytes.includes(CR);
  const lastLineEnd = (from: number) => {
    if (from < 0) return -1;
    const lf = bytes.lastIndexOf(LF, from);
    return hasCR ? Math.max(lf, bytes.lastIndexOf(CR, from)) : lf;
  };
  let at = lastLineEnd(bytes.length - 1);
  while (at > 0) {
    const start = bytes[at] === LF && bytes[at - 1] === CR ? at - 1 : at;
    const before = bytes[start - 1];
    if (before === LF || before === CR) return at + 1;
    at = lastLineEnd(start - 1);
  }
  return 0;
}

/** Where the first blank line of these bytes ends; there is one. */
function endOfFirstEvent(bytes: Buffer): number {
  const endsLine = (index: number) => bytes[index] === LF || bytes[index] === CR;
  for (let at = 1; at < bytes.length; at += 1) {
    const start = bytes[at] === LF && bytes[at - 1] === CR ? at - 1 : at;
    if (endsLine(at) && endsLine(start - 1)) return at + 1;
  }
  return bytes.length;
}

/** Where the event that this place is in, of those with plain line feeds, begins, or a blank line before it. */
function startOfEvent(events: Buffer, place: number): number {
  return events.lastIndexOf(BLANK_LINE, place) + 1;
}

/** Where it ends, its blank line included. */
function endOfEvent(events: Buffer, place: number): number {
  const at = events.indexOf(BLANK_LINE, place);
  return at === -1 ? events.length : at + BLANK_LINE.length;
}

/** Calls back with the data of each event that has any. */
function forEachEvent(events: Buffer, onData: (data: Buffer) => void): void {
  const hasCR = events.includes(CR);
  let lines: Buffer[] = [];
  const dispatch = () => {
    if (lines.length === 0) return;
    const [only] = lines;
    const data = lines.length === 1 && only !== undefined ? only : joinedLines(lines);
    lines = [];
    if (data.length > 0) onData(data);
  };
  let start = 0;
  while (start < events.length) {
    let end = events.indexOf(LF, start);
    if (end === -1) end = events.length;
    if (hasCR) {
      const cr = events.indexOf(CR, start);
      if (cr !== -1 && cr < end) end = cr;
    }
    if (end === start) dispatch();
    else addDataLine(lines, events.subarray(start, end));
    start = end + (events[end] === CR && events[end + 1] === LF ? 2 : 1);
  }
  dispatch();
}

function addDataLine(lines: Buffer[], line: Buffer): void {
  if (line.length < DATA.length || !line.subarray(0, DATA.length).equals(DATA)) return;
  if (line.length === DATA.length) lines.push(line.subarray(DATA.length));
  if (line[DATA.length] !== COLON) return;
  const from = line[DATA.length + 1] === SPACE ? DATA.length + 2 : DATA.length + 1;
  lines.push(line.subarray(from));
}

function joinedLines(lines: readonly Buffer[]): Buffer {
  return Buffer.from(lines.map((line) => line.toString()).join("\n"));
}
