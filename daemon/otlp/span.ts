/** What an attribute can hold of what is read here; nested lists and objects are left out. */
export type AttributeValue = string | number | boolean | readonly string[];

export type SpanAttributes = ReadonlyMap<string, AttributeValue>;

/** A span as it is read here: what OTLP says in protobuf and in JSON alike. */
export interface Span {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  parentSpanId: string | null;
  /** The parent is another process' span, which may never come here. */
  hasRemoteParent: boolean;
  name: string;
  /** Whether it serves a request or takes a message: work begins here. */
  kind: "server" | "consumer" | "other";
  /** Milliseconds since 1970, with fractions. */
  startMs: number;
  endMs: number;
  attributes: SpanAttributes;
  /** Of the process that made it. */
  resource: SpanAttributes;
  /** Name of the library that made it. */
  scope: string;
  failed: boolean;
  /** Type of the last exception that was recorded. */
  exceptionType: string | null;
}

/** The first of these attributes that is a text with something in it. */
export function textOf(attributes: SpanAttributes, ...names: string[]): string | null {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

/** Exporters of one's own making may write any attribute as text. */
const NUMERAL = /^\d{1,15}(\.\d{1,9})?$/;

/** The first of these attributes that is a number, none of them negative. */
export function numberOf(attributes: SpanAttributes, ...names: string[]): number | undefined {
  for (const name of names) {
    const said = attributes.get(name);
    const value = typeof said === "string" && NUMERAL.test(said) ? Number(said) : said;
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
  }
  return undefined;
}
