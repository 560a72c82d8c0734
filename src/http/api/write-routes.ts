import type { Context, Hono } from "hono";
import type { Verb, VerbParts } from "../../actions/verb.ts";
import type { Gate } from "../gate.ts";
import { readBody } from "../read-body.ts";
import { remoteAddress } from "../remote-address.ts";
import { apiProblem } from "./api-problem.ts";
import type { Problem } from "./api-problem.ts";
import type { ApiEnv } from "./caller.ts";
import { onlyOnce } from "./only-once.ts";
import { performVerb } from "./perform-verb.ts";
import type { Wish } from "./perform-verb.ts";

export interface WriteParts {
  readonly verbs: readonly Verb[];
  /** The settings in force, the store and this machine. */
  readonly acting: () => VerbParts;
  readonly gate: Pick<Gate, "enter">;
  readonly trustedProxies: () => readonly string[];
  /** This process, as JSON. */
  readonly owner: string;
  /** Whether a process that worked on a request has died. */
  isDead(owner: string): boolean;
  /** Takes secrets out of a text. */
  redact(text: string): string;
}

/** A document of the API is small. */
const MAX_BYTES = 64_000;

/** `POST /deploy` and the like: a document says what is wished for, and the answer says what came of it. */
export function writeRoutes(api: Hono<ApiEnv>, parts: WriteParts): void {
  for (const verb of parts.verbs)
    api.post(`/${verb.name}`, async (context) => {
      const caller = context.get("caller");
      const wish = await documentOf(context, parts);
      if ("problem" in wish) return apiProblem(context, wish.problem);
      const act = async (keeping: VerbParts["keeping"]): ReturnType<typeof performVerb> =>
        await performVerb(verb, { ...parts.acting(), ...(keeping && { keeping }) }, wish.document, {
          caller,
          signal: whileThere(context),
        });
      const key = verb.isOnce ? context.req.header("idempotency-key") : undefined;
      const request = { caller: caller.id, key, wish: `${verb.name}\n${JSON.stringify(wish.document)}` };
      const answer = await onlyOnce(request, { ...parts, store: parts.acting().store }, act);
      if ("problem" in answer) return apiProblem(context, answer.problem);
      if (answer.isRepeated === true) context.header("idempotency-replayed", "true");
      return context.json(answer.done);
    });
}

/** Aborts when the client goes away before it has its answer. */
function whileThere({ env: { outgoing } }: Context<ApiEnv>): AbortSignal {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  return gone.signal;
}

type Read = { readonly document: Wish } | { readonly problem: Problem };

/** The JSON object of a request. @throws DeliveryRejected if it is too large, or did not arrive whole. */
async function documentOf(context: Context<ApiEnv>, { gate, trustedProxies }: WriteParts): Promise<Read> {
  if (!/^application\/json\b/i.test(context.req.header("content-type") ?? "")) return { problem: NOT_JSON };
  const visit = gate.enter(remoteAddress(context, trustedProxies()));
  try {
    const bytes = await readBody(context.env.incoming, MAX_BYTES, visit);
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof document === "object" && document !== null && !Array.isArray(document))
      return { document: document as Wish };
    return { problem: NO_OBJECT };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return { problem: NO_OBJECT };
    throw error;
  } finally {
    visit.leave();
  }
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
