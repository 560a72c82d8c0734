import type { VerbParts } from "../../actions/verb.ts";
import type { Store } from "../../store/store.ts";
import type { Problem } from "./api-problem.ts";

type Done = Readonly<Record<string, unknown>>;
type Outcome = { readonly problem: Problem } | { readonly done: Done; readonly isRepeated?: boolean };

interface OnceParts {
  readonly store: Store;
  /** This process, as JSON. */
  readonly owner: string;
  isDead(owner: string): boolean;
}

interface Request {
  readonly caller: string;
  /** The header `Idempotency-Key`; undefined if the request may be carried out again. */
  readonly key: string | undefined;
  /** Everything that is asked for. */
  readonly wish: string;
}

/**
 * Carries a request out, unless one of the same caller and key was carried out in the last day: then its answer comes again. A request that fails changes nothing, and its key is free again.
 * @param act does what is asked for; it keeps its answer in the transaction in which it does it.
 */
export async function onlyOnce(
  { caller, key, wish }: Request,
  { store, owner, isDead }: OnceParts,
  act: (keeping: VerbParts["keeping"]) => Promise<Outcome>,
): Promise<Outcome> {
  if (key === undefined) return await act(undefined);
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) return { problem: BAD_KEY };
  const request = { caller, key };
  const begun = await store.requests.begin({ ...request, wish, owner, isDead });
  if (begun.state === "answered") return { done: begun.answer, isRepeated: true };
  if (begun.state === "running") return { problem: RUNNING };
  if (begun.state === "other wish") return { problem: OTHER_WISH };
  let done: Done | undefined;
  try {
    const outcome = await act((document) => ({ ...store, ...store.answering(request, document) }));
    if ("done" in outcome) done = outcome.done;
    return outcome;
  } finally {
    await store.requests.end(request, done);
  }
}

const BAD_KEY: Problem = {
  status: 422,
  code: "idempotency_key_bad",
  title: "this Idempotency-Key cannot be used",
  hint: "A key is 1 to 255 letters, digits and signs, without spaces: a new UUID for each thing that is to be done.",
};

const RUNNING: Problem = {
  status: 409,
  code: "idempotency_key_in_use",
  title: "a request with this Idempotency-Key is being carried out at this moment",
  hint: "Send it again in a few seconds: the answer to the first one comes again.",
  headers: { "retry-after": "2" },
};

const OTHER_WISH: Problem = {
  status: 422,
  code: "idempotency_key_reused",
  title: "another request had this Idempotency-Key in the last 24 hours",
  hint: "Use a new key for each thing that is to be done, and the same one only to send the same request again.",
};
