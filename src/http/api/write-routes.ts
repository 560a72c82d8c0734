import type { Context, Hono } from "hono";
import type { Verb, VerbParts } from "../../actions/verb.ts";
import { reaches } from "../../domain/api-token.ts";
import { UsageError } from "../../domain/errors.ts";
import { lockName } from "../../domain/lock.ts";
import type { Gate } from "../gate.ts";
import { readBody } from "../read-body.ts";
import { remoteAddress } from "../remote-address.ts";
import { apiProblem } from "./api-problem.ts";
import type { Problem } from "./api-problem.ts";
import type { ApiEnv, Caller } from "./caller.ts";

export interface WriteParts {
  readonly verbs: readonly Verb[];
  /** The settings in force, the store and this machine. */
  readonly acting: () => VerbParts;
  readonly gate: Pick<Gate, "enter">;
  readonly trustedProxies: () => readonly string[];
  /** Takes secrets out of a text. */
  redact(text: string): string;
}

/** A document of the API is small. */
const MAX_BYTES = 64_000;

/** `POST /deploy` and the like: a document says what is wished for, and the answer what became of it. */
export function writeRoutes(api: Hono<ApiEnv>, parts: WriteParts): void {
  for (const verb of parts.verbs)
    api.post(`/${verb.name}`, async (context) => {
      const caller = context.get("caller");
      const wish = await documentOf(context, parts);
      if ("problem" in wish) return apiProblem(context, wish.problem);
      const foreign = foreignFraise(caller, wish.document);
      if (foreign !== undefined) return apiProblem(context, outOfReach(caller, foreign));
      const { on, act } = await prepared(verb, parts.acting(), wish.document, caller);
      const outside = on.find((target) => !reaches(caller, target));
      if (outside !== undefined) return apiProblem(context, outOfReach(caller, lockName(outside)));
      return context.json(await act());
    });
}

type Read = { readonly document: Readonly<Record<string, unknown>> } | { readonly problem: Problem };

/** The JSON object of a request. @throws DeliveryRejected if it is too large, or did not arrive whole. */
async function documentOf(context: Context<ApiEnv>, { gate, trustedProxies }: WriteParts): Promise<Read> {
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? "")) return { problem: NOT_JSON };
  const visit = gate.enter(remoteAddress(context, trustedProxies()));
  try {
    const bytes = await readBody(context.env.incoming, MAX_BYTES, visit);
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof document === "object" && document !== null && !Array.isArray(document))
      return { document: document as Readonly<Record<string, unknown>> };
    return { problem: NO_OBJECT };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return { problem: NO_OBJECT };
    throw error;
  } finally {
    visit.leave();
  }
}

/** The fraise in a document that its caller may not reach: such a caller does not learn whether there is one. */
function foreignFraise({ fraises }: Caller, document: Readonly<Record<string, unknown>>): string | undefined {
  if (fraises.length === 0) return undefined;
  const named = [document["target"], document["from"], document["to"]].filter((each) => typeof each === "string");
  return named.find((name) => !fraises.includes(name.split("/")[0] ?? ""));
}

/** @throws UsageError, whose hint names other targets only to callers who may reach all of them. */
async function prepared(verb: Verb, acting: VerbParts, document: unknown, caller: Caller): ReturnType<Verb["prepare"]> {
  try {
    return await verb.prepare(acting, document, caller.name);
  } catch (error) {
    if (!(error instanceof UsageError) || caller.fraises.length + caller.environments.length === 0) throw error;
    throw new UsageError(error.message, { hint: `${caller.name} is for some targets only: no other is named here.` });
  }
}

function outOfReach({ name, fraises, environments }: Caller, what: string): Problem {
  const own = [...fraises, ...environments].join(", ");
  return {
    status: 403,
    code: "out_of_reach",
    title: `${name} is not for ${what.slice(0, 300)}`,
    hint: `It is for ${own}. An operator makes another one with: fraisier token create.`,
  };
}

const NOT_JSON: Problem = {
  status: 415,
  code: "not_json",
  title: "the body is not declared as JSON",
  hint: "Send it with Content-Type: application/json.",
};

const NO_OBJECT: Problem = {
  status: 400,
  code: "no_document",
  title: "the body is no JSON object in UTF-8",
  hint: 'Send an object: {"target": "shop/production"}.',
};
