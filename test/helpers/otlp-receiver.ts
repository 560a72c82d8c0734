import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { z } from "zod";

const hex = (digits: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`));
/** Numbers of 64 bits are texts in protobuf's JSON. */
const number64 = z.string().regex(/^\d+$/);
const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: anyValue }))
  .refine((list) => new Set(list.map(({ key }) => key)).size === list.length, "a key comes twice");
const span = z
  .strictObject({
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16).optional(),
    name: z.string().min(1),
    kind: z.int().min(1).max(5),
    startTimeUnixNano: number64,
    endTimeUnixNano: number64,
    attributes,
    events: z.array(z.strictObject({ timeUnixNano: number64, name: z.string().min(1), attributes })),
    links: z.array(z.strictObject({ traceId: hex(32), spanId: hex(16) })),
    status: z.strictObject({ code: z.literal(2), message: z.string().min(1) }).optional(),
  })
  .refine((each) => BigInt(each.endTimeUnixNano) >= BigInt(each.startTimeUnixNano), "it ends before it begins");
/** ExportTraceServiceRequest of opentelemetry/proto/collector/trace/v1/trace_service.proto, in JSON, without what fraisier never sends. */
const request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z
        .array(
          z.strictObject({
            scope: z.strictObject({ name: z.literal("fraisier"), version: z.string().min(1) }),
            spans: z.array(span).min(1),
          }),
        )
        .min(1),
    }),
  ),
});

/** A span as it came, with its attributes by name. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly error: string | undefined;
}

type Answer = number | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

/** A receiver of OTLP over HTTP that believes nothing: it answers 400 to everything that the protocol does not know, and remembers why. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** The attributes of the resource of each request. */
  readonly resources: Readonly<Record<string, unknown>>[];
  readonly headers: IncomingHttpHeaders[];
  /** The texts of all requests, refused ones too. */
  readonly bodies: string[];
  readonly complaints: string[];
  /** From here on requests are answered so; undefined: as they deserve. */
  answer(how: Answer | ((body: string) => Answer | undefined) | undefined): void;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  let how: Answer | ((body: string) => Answer | undefined) | undefined;
  const receiver = { spans: [], resources: [], headers: [], bodies: [], complaints: [] } as unknown as Omit<
    OtlpReceiver,
    "url" | "answer"
  >;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString("utf8");
      receiver.bodies.push(body);
      receiver.headers.push(incoming.headers);
      const told = typeof how === "function" ? how(body) : how;
      const { status, body: text = "", headers = {} } = typeof told === "object" ? told : { status: told ?? 0 };
      if (status !== 0) {
        outgoing.writeHead(status, headers).end(text);
        return;
      }
      const complaint = complaintAbout(incoming.method, incoming.url, incoming.headers, body);
      if (complaint === undefined) take(receiver, body);
      else receiver.complaints.push(complaint);
      outgoing
        .writeHead(complaint === undefined ? 200 : 400, { "content-type": "application/json" })
        .end(complaint === undefined ? "{}" : JSON.stringify({ message: complaint }));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...receiver,
    url: `http://127.0.0.1:${port}/v1/traces`,
    answer(next) {
      how = next;
    },
  };
}

function complaintAbout(
  method: string | undefined,
  path: string | undefined,
  headers: IncomingHttpHeaders,
  body: string,
): string | undefined {
  if (method !== "POST" || path !== "/v1/traces") return `${method} ${path}`;
  if (headers["content-type"] !== "application/json") return `content-type ${headers["content-type"]}`;
  if (Number(headers["content-length"]) !== Buffer.byteLength(body)) return "content-length";
  try {
    const { error } = request.safeParse(JSON.parse(body));
    return error && z.prettifyError(error);
  } catch (error) {
    return String(error);
  }
}

function take({ spans, resources }: Pick<OtlpReceiver, "spans" | "resources">, body: string): void {
  for (const { resource, scopeSpans } of request.parse(JSON.parse(body)).resourceSpans) {
    resources.push(byName(resource.attributes));
    for (const each of scopeSpans.flatMap((scope) => scope.spans))
      spans.push({
        traceId: each.traceId,
        spanId: each.spanId,
        parentSpanId: each.parentSpanId,
        name: each.name,
        kind: each.kind,
        startMs: Number(BigInt(each.startTimeUnixNano) / 1_000_000n),
        endMs: Number(BigInt(each.endTimeUnixNano) / 1_000_000n),
        attributes: byName(each.attributes),
        events: each.events.map((event) => ({ name: event.name, attributes: byName(event.attributes) })),
        links: each.links,
        error: each.status?.message,
      });
  }
}

function byName(list: z.output<typeof attributes>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}
