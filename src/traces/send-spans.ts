import type { Answer, Requests } from "../host/requests.ts";
import { messageOf } from "../domain/message-of.ts";

/** The receiver of traces: where it is, and with which headers it is asked. */
export interface Receiver {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** The result of a request with spans. */
export type Sent =
  /** `rejected`: spans that the receiver did not want, and why. */
  | { readonly kind: "taken"; readonly rejected: number; readonly message: string }
  /** These spans are refused for good: sending them again would not help. */
  | { readonly kind: "refused"; readonly why: string }
  /** They can be sent again, `afterMs` from now at the earliest if the receiver says so. `about` stays the same while the reason does. */
  | { readonly kind: "later"; readonly about: string; readonly why: string; readonly afterMs: number };

/** Answers that are about the spans in the request. All others are about the receiver or its settings, which may change. */
const ABOUT_THE_SPANS: ReadonlySet<number> = new Set([400, 413, 422]);

/** Sends the body of a request of OTLP over HTTP. @throws only the reason of `signal`. */
export async function sendSpans(
  requests: Requests,
  { url, headers, timeoutMs }: Receiver,
  body: string,
  signal: AbortSignal,
): Promise<Sent> {
  try {
    const answer = await requests.send(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      timeoutMs,
      signal,
    });
    return meaningOf(answer);
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: "later", about: "no answer", why: `gives no answer: ${messageOf(error)}`, afterMs: 0 };
  }
}

/** Pure. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
export function meaningOf({ status, body, headers }: Answer): Sent {
  if (status >= 200 && status < 300) return { kind: "taken", ...rejectedIn(body) };
  const said = body.slice(0, 200).replaceAll(/\s+/g, " ").trim();
  const why = `answers ${status}${said === "" ? "" : `: ${said}`}`;
  if (ABOUT_THE_SPANS.has(status)) return { kind: "refused", why };
  return { kind: "later", about: `answer ${status}`, why, afterMs: waitIn(headers["retry-after"]) };
}

function rejectedIn(body: string): { readonly rejected: number; readonly message: string } {
  try {
    const answer = JSON.parse(body) as { partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } } | null;
    const { rejectedSpans, errorMessage } = answer?.partialSuccess ?? {};
    const rejected = Number(rejectedSpans ?? 0);
    return {
      rejected: Number.isFinite(rejected) ? Math.max(0, rejected) : 0,
      message: typeof errorMessage === "string" ? errorMessage.slice(0, 500) : "",
    };
  } catch {
    // Many receivers answer with an empty body, or in words.
    return { rejected: 0, message: "" };
  }
}

function waitIn(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
