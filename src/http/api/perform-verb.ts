import type { Verb, VerbParts } from "../../actions/verb.ts";
import { reaches } from "../../domain/api-token.ts";
import type { Reach, Scope } from "../../domain/api-token.ts";
import { UsageError } from "../../domain/errors.ts";
import { lockName } from "../../domain/lock.ts";
import type { Problem } from "./api-problem.ts";

/** The person or program that asks, as the record names it, with its reach. */
interface Asker extends Reach {
  readonly name: string;
  readonly scope: Scope;
}

interface Asked {
  readonly caller: Asker;
  /** Aborts if nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export type Wish = Readonly<Record<string, unknown>>;

/** Does what a caller wishes for, if all of it lies within the caller's reach. @throws UsageError for a wish that cannot be met. */
export async function performVerb(
  verb: Verb,
  acting: VerbParts,
  wish: Wish,
  { caller, signal }: Asked,
): Promise<{ readonly problem: Problem } | { readonly done: Readonly<Record<string, unknown>> }> {
  const foreign = foreignFraise(caller, wish);
  if (foreign !== undefined) return { problem: outOfReach(caller, foreign) };
  const { on, act } = await prepared(verb, acting, wish, { caller, signal });
  const outside = on.find((target) => !reaches(caller, target));
  if (outside !== undefined) return { problem: outOfReach(caller, lockName(outside)) };
  return { done: await act() };
}

/** The fraise in a document that its caller may not reach: such a caller does not learn whether there is one. */
function foreignFraise({ fraises }: Asker, document: Wish): string | undefined {
  if (fraises.length === 0) return undefined;
  const named = [document["target"], document["from"], document["to"]].filter((each) => typeof each === "string");
  return named.find((name) => !fraises.includes(name.split("/")[0] ?? ""));
}

/** @throws UsageError, whose hint names other targets only to callers who may reach all of them. */
async function prepared(
  verb: Verb,
  acting: VerbParts,
  document: unknown,
  { caller, signal }: Asked,
): ReturnType<Verb["prepare"]> {
  try {
    return await verb.prepare(acting, document, { by: caller.name, scope: caller.scope, signal });
  } catch (error) {
    if (!(error instanceof UsageError) || caller.fraises.length + caller.environments.length === 0) throw error;
    throw new UsageError(error.message, { hint: `${caller.name} is for some targets only: no other is named here.` });
  }
}

function outOfReach({ name, fraises, environments }: Asker, what: string): Problem {
  const own = [...fraises, ...environments].join(", ");
  return {
    status: 403,
    code: "out_of_reach",
    title: `${name} is not for ${what.slice(0, 300)}`,
    hint: `It is for ${own}. An operator makes another one with: fraisier token create.`,
  };
}
