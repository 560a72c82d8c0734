import { z } from "zod";
import { planDocumentSchema } from "../answers/schemas/plan-document.ts";
import { verificationDocumentSchema } from "../answers/schemas/verification-document.ts";
import { includesScope } from "../domain/api-token.ts";
import { targetName } from "../domain/fraise.ts";
import { askedOptions } from "./deployments/asked-options.ts";
import { namedTarget } from "./targets/named-target.ts";
import type { Asking, Verb, VerbParts } from "./verb.ts";
import { defineVerb, targetField } from "./verb.ts";
import { askedIn, back, steps, what } from "./wish-fields.ts";

/** A repository may be large, and its forge slow. */
const PLAN_MS = 300_000;
/** The time that a verification takes beside its checks. */
const MORE_MS = 60_000;

/** The documents of verbs that a process of its own carries out. */
export const ASKED_WISHES = {
  plan: z.strictObject({ target: targetField, ...what, ...steps }),
  "plan-rollback": z.strictObject({ target: targetField, ...back }),
  "plan-promotion": z.strictObject({ from: targetField, to: targetField, ...steps }),
  verify: z.strictObject({ target: targetField }),
};

export type AskedName = keyof typeof ASKED_WISHES;

const looking = { scope: "read", isOnce: false, answer: planDocumentSchema } as const;

const plan = defineVerb(
  { name: "plan", summary: "Says what a deployment would do, and does nothing.", wish: ASKED_WISHES.plan, ...looking },
  async (parts, wish, asking) => {
    const target = namedTarget(parts.config, [wish.target], {});
    askedOptions(target, askedIn(wish));
    return {
      on: [target],
      act: () => ask("plan", { ...wish, target: targetName(target) }, { parts, asking, timeoutMs: PLAN_MS }),
    };
  },
);

const planRollback = defineVerb(
  {
    name: "plan-rollback",
    summary: "Says what a rollback would do, and does nothing.",
    wish: ASKED_WISHES["plan-rollback"],
    ...looking,
  },
  async (parts, wish, asking) => {
    const target = namedTarget(parts.config, [wish.target], {});
    const named = { ...wish, target: targetName(target) };
    return { on: [target], act: () => ask("plan-rollback", named, { parts, asking, timeoutMs: PLAN_MS }) };
  },
);

const planPromotion = defineVerb(
  {
    name: "plan-promotion",
    summary: "Says what a promotion would do, and does nothing.",
    wish: ASKED_WISHES["plan-promotion"],
    ...looking,
  },
  async (parts, wish, asking) => {
    const source = namedTarget(parts.config, [wish.from], {});
    const target = namedTarget(parts.config, [wish.to], {});
    askedOptions(target, askedIn(wish));
    const named = { ...wish, from: targetName(source), to: targetName(target) };
    return { on: [source, target], act: () => ask("plan-promotion", named, { parts, asking, timeoutMs: PLAN_MS }) };
  },
);

const verify = defineVerb(
  {
    name: "verify",
    summary: "Runs the checks of a target against what runs there now, and records what they saw.",
    isOnce: false,
    wish: ASKED_WISHES.verify,
    answer: verificationDocumentSchema,
  },
  async (parts, wish, asking) => {
    const target = namedTarget(parts.config, [wish.target], {});
    const timeoutMs = (target.settings.verify?.timeout ?? 0) + MORE_MS;
    return { on: [target], act: () => ask("verify", { target: targetName(target) }, { parts, asking, timeoutMs }) };
  },
);

/** Verbs that a process of its own carries out. */
export const ASKED: readonly Verb[] = [plan, planRollback, planPromotion, verify];

interface Circumstances {
  readonly parts: Pick<VerbParts, "askRunner">;
  readonly asking: Asking;
  readonly timeoutMs: number;
}

async function ask(
  verb: AskedName,
  wish: Readonly<Record<string, unknown>>,
  { parts, asking: { by, scope, signal }, timeoutMs }: Circumstances,
): Promise<Readonly<Record<string, unknown>>> {
  const question = { verb, wish, by, mayRunCode: includesScope(scope, "deploy") };
  return await parts.askRunner(question, { timeoutMs, signal });
}
