/** What was found about one thing: well, worth knowing, or wrong. */
export interface Check {
  name: string;
  outcome: "ok" | "warning" | "failed";
  /** One sentence for a reader. */
  detail: string;
  /** What to do about it; absent where nothing needs doing. */
  advice?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, outcome: "ok", detail };
}

export function warning(name: string, detail: string, advice: string): Check {
  return { name, outcome: "warning", detail, advice };
}

export function failed(name: string, detail: string, advice: string): Check {
  return { name, outcome: "failed", detail, advice };
}
