/** One server-sent event. */
export interface ServerSentEvent {
  event: string;
  data: string;
}

/**
 * Reads server-sent events out of text that arrives in pieces. Comments are skipped; an event ends with an empty line.
 */
export function createEventStreamReader(onEvent: (event: ServerSentEvent) => void): (text: string) => void {
  let rest = "";
  let event = "";
  let data: string[] = [];

  function line(text: string) {
    if (text === "") {
      if (data.length > 0) onEvent({ event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }

  return (text) => {
    rest += text;
    let start = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
      line(rest.slice(start, rest[end - 1] === "\r" && end > start ? end - 1 : end));
      start = end + 1;
    }
    rest = rest.slice(start);
  };
}
