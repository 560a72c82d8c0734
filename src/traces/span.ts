/** Attributes by their names; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span as OpenTelemetry means it: something that took time, in its place in a trace. Times are ISO-8601. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first span of a trace. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** `server`: something outside asked for it. */
  readonly kind: "server" | "internal";
  readonly start: string;
  readonly end: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** Other spans that it has to do with, in other traces perhaps. */
  readonly links: readonly SpanLink[];
  /** Why it failed; undefined if it did not. */
  readonly error: string | undefined;
}

/** Something that happened at one moment within a span. */
interface SpanEvent {
  readonly at: string;
  readonly name: string;
  readonly attributes: Attributes;
}

type SpanLink = Pick<Span, "traceId" | "spanId">;

/** A span without events, links and failure, at its place in its trace. */
export function plainSpan(span: Pick<Span, "traceId" | "spanId" | "parentSpanId" | "name" | "start" | "end">): Span {
  return { ...span, kind: "internal", attributes: {}, events: [], links: [], error: undefined };
}
