import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AnswerLost, ServerUnavailable } from "../../domain/errors.ts";
import type { Door } from "./door.ts";
import { doorName } from "./door.ts";
import { NOT_ON_RECORD, problemError, problemIn, strangeAnswer } from "./problem-error.ts";
import { sendRequest } from "./send-request.ts";
import type { Wish } from "./send-request.ts";

/** A schema of zod, as far as an answer is compared with it. */
interface Schema<Value> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Asks one daemon by its API. Answers are compared with their schemas, and problems become the errors of the command line. */
export interface ApiClient {
  readonly door: Door;
  /** Undefined if there is nothing on record by this name. @throws FraisierError */
  get<Value>(path: string, query: Query, schema: Schema<Value>): Promise<Value | undefined>;
  /** @throws FraisierError */
  post<Value>(verb: string, document: Readonly<Record<string, unknown>>, schema: Schema<Value>): Promise<Value>;
  /** Asks with a document for something that may take long and that nothing depends on: it is not sent again, and ends when the signal aborts. @throws FraisierError */
  ask<Value>(
    verb: string,
    document: Readonly<Record<string, unknown>>,
    schema: Schema<Value>,
    signal?: AbortSignal,
  ): Promise<Value>;
}

/** A question is answered from the record. */
const LOOK_MS = 30_000;
/** An act may ask a forge for a revision before it is answered. */
const ACT_MS = 90_000;

/** The daemon bounds such work itself: this only ends a wait for a machine that is gone. */
const WORK_MS = 3_600_000;

/** A request whose answer was lost is sent again for so long. */
const AGAIN_MS = 30_000;
const PAUSE_MS = 1_000;

export function apiClient(door: Door): ApiClient {
  return {
    door,
    async get(path, query, schema) {
      const parameters = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, String(value));
      const asked = `/api/v1${path}${parameters.size === 0 ? "" : `?${parameters.toString()}`}`;
      return await answered(door, { method: "GET", path: asked, timeoutMs: LOOK_MS }, schema);
    },
    async post(verb, document, schema) {
      const body = JSON.stringify(document);
      const wish: Wish = { method: "POST", path: `/api/v1/${verb}`, body, key: randomUUID(), timeoutMs: ACT_MS };
      const value = await untilKnown(() => answered(door, wish, schema));
      if (value === undefined) throw notUnderstood(door, "it knows nothing of this");
      return value;
    },
    async ask(verb, document, schema, signal) {
      const body = JSON.stringify(document);
      const wish: Wish = { method: "POST", path: `/api/v1/${verb}`, body, timeoutMs: WORK_MS, signal };
      const value = await answered(door, wish, schema);
      if (value === undefined) throw notUnderstood(door, "it knows nothing of this");
      return value;
    },
  };
}

/** Sends a request again whose answer was lost, as its key lets it be carried out only once. A daemon that was restarted meanwhile is waited for. */
async function untilKnown<Value>(send: () => Promise<Value>): Promise<Value> {
  let lost: AnswerLost | undefined;
  for (const began = performance.now(); ; await sleep(PAUSE_MS))
    try {
      return await send();
    } catch (error) {
      if (error instanceof AnswerLost) lost ??= error;
      if (lost === undefined || !(error instanceof ServerUnavailable)) throw error;
      if (performance.now() - began > AGAIN_MS) throw lost;
    }
}

async function answered<Value>(door: Door, wish: Wish, schema: Schema<Value>): Promise<Value | undefined> {
  const reply = await sendRequest(door, wish);
  const problem = problemIn(reply);
  if (problem?.code === NOT_ON_RECORD) return undefined;
  if (problem !== undefined) throw problemError(problem);
  if (reply.status !== 200 || !reply.type.startsWith("application/json")) throw strangeAnswer(door, reply);
  return fitting(door, parsed(door, reply.text), schema);
}

function parsed(door: Door, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServerUnavailable(`${doorName(door)} sent a document that is no JSON`, { cause });
  }
}

/** Keys may be added to a document: a later fraisier may say more than this one knows. */
function fitting<Value>(door: Door, value: unknown, schema: Schema<Value>): Value {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues.find(({ code }) => code !== "unrecognized_keys");
  if (issue === undefined) return value as Value;
  throw notUnderstood(door, `${issue.path.join(".") || "the document"}: ${issue.message}`);
}

function notUnderstood(door: Door, why: string): ServerUnavailable {
  return new ServerUnavailable(`this fraisier does not understand the answer of ${doorName(door)}: ${why}`, {
    hint: "Install here the version of fraisier that runs there: GET /api/v1/whoami names it.",
  });
}
