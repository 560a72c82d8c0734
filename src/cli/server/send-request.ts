import { request as overHttp } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { request as overTls } from "node:https";
import { person } from "../person.ts";
import type { Door } from "./door.ts";
import { unreachable } from "./unreachable.ts";

export interface Wish {
  readonly method: "GET" | "POST";
  /** The path with its parameters, from the root. */
  readonly path: string;
  /** The document of a POST. */
  readonly body?: string;
  /** The name of a POST, under which it is carried out once, however often it is sent. */
  readonly key?: string;
  readonly timeoutMs: number;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  readonly text: string;
}

/** An answer of fraisier is never this large: a server that sends more is another one. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Sends one request, and follows no redirect: the token is for this address alone. @throws ServerUnavailable */
export async function sendRequest(door: Door, wish: Wish): Promise<Reply> {
  const timeout = AbortSignal.timeout(wish.timeoutMs);
  const signal = wish.signal === undefined ? timeout : AbortSignal.any([timeout, wish.signal]);
  try {
    return await new Promise((resolve, reject) => {
      const sent = openRequest(door, { ...wish, signal });
      sent.once("error", reject);
      sent.once("response", (response) => void whole(response).then(resolve, reject));
      sent.end(wish.body);
    });
  } catch (error) {
    throw unreachable(door, error, { isTooLate: timeout.aborted, wish });
  }
}

interface Opening extends Pick<Wish, "method" | "path" | "body" | "key" | "signal"> {
  /** Headers beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request with the rights of this person, which is not sent yet. */
export function openRequest(door: Door, { method, path, body, key, signal, headers: more }: Opening): ClientRequest {
  const headers = {
    accept: "application/json",
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    ...more,
  };
  const options: RequestOptions = { method, path, agent: false, ...(signal === undefined ? {} : { signal }) };
  if (door.kind === "socket")
    return overHttp({ ...options, socketPath: door.path, headers: { ...headers, "x-fraisier-user": person() } });
  const secret = { ...headers, authorization: `Bearer ${door.token}` };
  const send = door.url.startsWith("https:") ? overTls : overHttp;
  return send(new URL(path, door.url), { ...options, headers: secret });
}

async function whole(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`it sent more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { statusCode = 0, headers } = response;
  return {
    status: statusCode,
    type: headers["content-type"] ?? "",
    location: headers.location,
    text: Buffer.concat(chunks).toString("utf8"),
  };
}
