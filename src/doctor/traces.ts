import type { TracesSettings } from "../config/config.ts";
import { ConfigError, PermissionDenied } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Answer } from "../host/requests.ts";
import { failed, fine, skipped } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";

const CHECK = "traces";
/** OTLP: a receiver takes a request without spans, and does nothing. */
const NO_SPANS = JSON.stringify({ resourceSpans: [] });

/** Sends a request without spans to the receiver of traces, if there is one. */
export const traces: Examination = {
  name: CHECK,
  async examine({ config, host }, signal) {
    const wanted = config?.server.traces;
    if (wanted === undefined) return [];
    const headers = revealed(wanted);
    if (headers === undefined) return [skipped(CHECK, "a header is missing, or this user may not read it")];
    return [await asked(wanted, headers, host.requests, signal)];
  },
};

async function asked(
  { url, timeout }: TracesSettings,
  headers: Readonly<Record<string, string>>,
  requests: Patient["host"]["requests"],
  signal: AbortSignal,
): Promise<Finding> {
  try {
    const options = {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: NO_SPANS,
      timeoutMs: Math.min(timeout, 8_000),
      signal,
    };
    return receiverState(url, await requests.send(url, options));
  } catch (error) {
    return failed(
      CHECK,
      `the receiver ${url} gives no answer: ${messageOf(error)}`,
      "Does it run, and does server.traces.url lead to its port for OTLP over HTTP (4318, not 4317)? Traces wait for up to 7 days.",
    );
  }
}

/** Pure: what the answer to a request without spans means. */
export function receiverState(url: string, { status, body }: Answer): Finding {
  if (status >= 200 && status < 300) return fine(CHECK, `the receiver ${url} takes traces`);
  const said = body.slice(0, 200).replaceAll(/\s+/g, " ").trim();
  const seen = `the receiver ${url} answers ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 401 || status === 403)
    return failed(CHECK, seen, "It wants other credentials: look at server.traces.headers.");
  if (status === 404 || status === 405)
    return failed(CHECK, seen, "Another path is meant: most receivers take traces at /v1/traces.");
  if (status === 415)
    return failed(CHECK, seen, "It does not take JSON: an OpenTelemetry collector in front of it does.");
  return failed(CHECK, seen, "Its own log says why; traces wait for up to 7 days.");
}

function revealed({ headers }: TracesSettings): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, secret.reveal()]));
  } catch (error) {
    if (error instanceof ConfigError || error instanceof PermissionDenied) return undefined;
    throw error;
  }
}
