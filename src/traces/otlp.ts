import type { Attributes, Span } from "./span.ts";

/** The program that the spans come from. */
export interface Resource {
  /** `name:` of fraises.yaml. */
  readonly service: string;
  readonly version: string;
  readonly host: string;
}

/** A text of a record may be long; a receiver may refuse what is. */
const MAX_TEXT = 2_000;
/** Numbers of opentelemetry/proto/trace/v1/trace.proto. */
const KINDS = { internal: 1, server: 2 } as const;
const STATUS_ERROR = 2;

/** The body of a request of OTLP over HTTP in JSON: identifiers are hexadecimal, numbers of 64 bits are texts. Every text goes through `redact`. */
export function otlpBody(spans: readonly Span[], resource: Resource, redact: (text: string) => string): string {
  const keyValues = (attributes: Attributes): readonly unknown[] =>
    Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value: anyValue(value, redact) }],
    );
  return JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: keyValues({
            "service.name": resource.service,
            "service.version": resource.version,
            "host.name": resource.host,
          }),
        },
        scopeSpans: [
          {
            scope: { name: "fraisier", version: resource.version },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: redact(span.name),
              kind: KINDS[span.kind],
              startTimeUnixNano: nanoseconds(span.start),
              // Clocks are set back at times: a receiver refuses spans that end before they begin.
              endTimeUnixNano: nanoseconds(span.end < span.start ? span.start : span.end),
              attributes: keyValues(span.attributes),
              events: span.events.map(({ at, name, attributes }) => ({
                timeUnixNano: nanoseconds(at),
                name,
                attributes: keyValues(attributes),
              })),
              links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
              ...(span.error === undefined ? {} : { status: { code: STATUS_ERROR, message: cut(redact(span.error)) } }),
            })),
          },
        ],
      },
    ],
  });
}

function anyValue(value: string | number | boolean, redact: (text: string) => string): unknown {
  if (typeof value === "string") return { stringValue: cut(redact(value)) };
  return typeof value === "boolean" ? { boolValue: value } : { intValue: String(value) };
}

function cut(text: string): string {
  // A character may be cut in half, which is no text for a strict receiver.
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}

function nanoseconds(iso: string): string {
  return `${BigInt(Date.parse(iso)) * 1_000_000n}`;
}
