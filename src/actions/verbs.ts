import { z } from "zod";
import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import type { TargetKey } from "../domain/fraise.ts";
import {
  cancelledSchema,
  lockedSchema,
  queuedSchema,
  replayedSchema,
  resumedSchema,
  unlockedSchema,
} from "../answers/schemas/act-documents.ts";
import { livingLocks } from "../queue/living-locks.ts";
import { stopDeployment } from "./stop-deployment.ts";
import { askedOptions } from "./deployments/asked-options.ts";
import { personWish } from "./deployments/person-wish.ts";
import { promotedRevision } from "./deployments/promoted-revision.ts";
import { resolveDeployment } from "./deployments/resolve-deployment.ts";
import { rollbackNotes } from "./deployments/rollback-notes.ts";
import { rollbackDestination } from "./deployments/rollback-destination.ts";
import { wantedRevision } from "./deployments/wanted-revision.ts";
import { lockedDocument, lockTargets } from "./lock-targets.ts";
import { queueDeployment } from "./queue-deployment.ts";
import { decideAgain } from "./decide-again.ts";
import { endHold } from "./end-hold.ts";
import { lockKey } from "./targets/lock-key.ts";
import { namedTarget } from "./targets/named-target.ts";
import { recordedTarget } from "./targets/recorded-target.ts";
import { unlockTargets } from "./unlock-targets.ts";
import { ASKED } from "./asked.ts";
import { answering, defineVerb, reasonField, targetField } from "./verb.ts";
import type { Verb } from "./verb.ts";
import { askedIn, back, backIn, defined, reasons, steps, what } from "./wish-fields.ts";

const deploy = defineVerb(
  {
    name: "deploy",
    summary: "Queues a deployment.",
    wish: z.strictObject({
      target: targetField,
      ...what,
      ...reasons,
      ...steps,
    }),
    answer: queuedSchema,
  },
  async (parts, wish, { by }) => {
    const target = namedTarget(parts.config, [wish.target], {});
    const options = askedOptions(target, askedIn(wish));
    return {
      on: [target],
      act: async () => {
        const found = await wantedRevision(parts, target, defined({ revision: wish.revision, ref: wish.ref }));
        const wanted = { ...personWish(found, defined(reasonsIn(wish)), by), options };
        const answer = (queued: Queued) => ({ ...placeOf(target), revision: wanted.revision, ...queued });
        return answer(await queueDeployment(answering(parts, answer), target, "person", wanted));
      },
    };
  },
);

const promote = defineVerb(
  {
    name: "promote",
    summary: "Queues what runs on one target for another one.",
    wish: z.strictObject({ from: targetField, to: targetField, ...reasons, ...steps }),
    answer: queuedSchema,
  },
  async (parts, wish, { by }) => {
    const source = namedTarget(parts.config, [wish.from], {});
    const target = namedTarget(parts.config, [wish.to], {});
    const options = askedOptions(target, askedIn(wish));
    return {
      on: [source, target],
      act: async () => {
        const found = await promotedRevision(parts, source);
        const reason = wish.reason ?? `promoted from ${source.environment}`;
        const wanted = { ...personWish(found, defined({ ...reasonsIn(wish), reason }), by), options };
        const answer = (queued: Queued) => ({ ...placeOf(target), revision: wanted.revision, ...queued });
        return answer(await queueDeployment(answering(parts, answer), target, "person", wanted));
      },
    };
  },
);

const rollback = defineVerb(
  {
    name: "rollback",
    summary: "Queues the way back to what ran before.",
    wish: z.strictObject({
      target: targetField,
      ...back,
      ...reasons,
    }),
    answer: queuedSchema,
  },
  async (parts, wish, { by }) => {
    const target = namedTarget(parts.config, [wish.target], {});
    return {
      on: [target],
      act: async () => {
        const destination = await rollbackDestination(parts, target, backIn(wish));
        const { revision, deployment: returnsTo } = destination;
        const notes = await rollbackNotes(parts, target, returnsTo);
        const wanted = { ...personWish(destination, defined(reasonsIn(wish)), by), ...defined({ returnsTo }) };
        const more = { revision, returns_to: returnsTo ?? null, notes };
        const answer = (queued: Queued) => ({ ...placeOf(target), ...more, ...queued });
        return answer(await queueDeployment(answering(parts, answer), target, "rollback", wanted));
      },
    };
  },
);

const cancel = defineVerb(
  {
    name: "cancel",
    summary: "Cancels a deployment, or asks its runner to stop.",
    wish: z.strictObject({ deployment: z.string().describe("Its id, or the beginning of it.") }),
    answer: cancelledSchema,
  },
  async (parts, wish, { by }) => {
    const id = await resolveDeployment(parts, wish.deployment);
    const found = await parts.store.deployments.detail(id);
    return {
      on: found === undefined ? [] : [found.deployment],
      act: async () => {
        const cancelled = (result: Cancelled) => ({ deployment: id, result });
        const answer = (result: Cancelled | false) => (result === false ? undefined : cancelled(result));
        return cancelled(await stopDeployment(answering(parts, answer), id, by));
      },
    };
  },
);

const everything = {
  target: targetField.optional(),
  all: z.boolean().optional().describe("Every target there is."),
  reason: reasonField,
};

const lock = defineVerb(
  {
    name: "lock",
    summary: "Keeps what is queued for targets waiting.",
    wish: z.strictObject(everything),
    answer: lockedSchema,
  },
  async (parts, wish, { by }) => {
    const key = lockKey(parts.config, wordsIn(wish), defined({ all: wish.all }));
    return {
      on: [key],
      act: async () => {
        const at = new Date().toISOString();
        const locked = { ...key, reason: wish.reason ?? "", lockedBy: by, lockedAt: at };
        const answer = (replaced: Replaced) => lockedDocument(locked, replaced);
        return answer((await lockTargets(answering(parts, answer), key, wish.reason, { by, at })).replaced);
      },
    };
  },
);

const unlock = defineVerb(
  { name: "unlock", summary: "Takes a lock away.", wish: z.strictObject(everything), answer: unlockedSchema },
  async (parts, wish, { by }) => {
    const key = lockKey(parts.config, wordsIn(wish), defined({ all: wish.all }), await livingLocks(parts.store));
    return {
      on: [key],
      act: async () => ({ unlocked: key, still_locked: await unlockTargets(parts, key, wish.reason ?? "", by) }),
    };
  },
);

const resume = defineVerb(
  {
    name: "resume",
    summary: "Ends a hold: what was rolled back may be deployed again.",
    wish: z.strictObject({ target: targetField, reason: reasonField }),
    answer: resumedSchema,
  },
  async (parts, wish, { by }) => {
    const target = await recordedTarget(parts, [wish.target], {});
    return {
      on: [target],
      act: async () => {
        const answer = (ended: EndedHold) => ({ target: targetName(target), ...ended });
        return answer(await endHold(answering(parts, answer), target, wish.reason ?? "", by));
      },
    };
  },
);

const replay = defineVerb(
  {
    name: "replay",
    summary: "Decides a stored delivery again, as of today.",
    wish: z.strictObject({ delivery: z.string().describe("Its id, the beginning of it, or `last`.") }),
    answer: replayedSchema,
  },
  async (parts, wish, { by }) => {
    const answer = (recorded: readonly object[]) => ({ ...recorded[0] });
    const { on, act } = await decideAgain(answering(parts, answer), parts.instances, wish.delivery, by);
    // A delivery that reaches no target is recorded again, which only somebody with every target may ask for.
    const every: TargetKey = { fraise: "*", environment: "*", job: "*" };
    return { on: on.length === 0 ? [every] : on, act: async () => ({ ...(await act()) }) };
  },
);

type Queued = Awaited<ReturnType<typeof queueDeployment>>;
type Cancelled = Awaited<ReturnType<typeof stopDeployment>>;
type Replaced = Awaited<ReturnType<typeof lockTargets>>["replaced"];
type EndedHold = Awaited<ReturnType<typeof endHold>>;

/** Everything that a program may ask for with a document. */
export const VERBS: readonly Verb[] = [deploy, rollback, promote, cancel, lock, unlock, resume, replay, ...ASKED];

function placeOf(target: Target) {
  return { target: targetName(target), address: target.settings.health_check?.url ?? null };
}

function reasonsIn({
  reason,
  override,
}: {
  readonly reason?: string | undefined;
  readonly override?: string | undefined;
}) {
  return { reason, override };
}

function wordsIn({ target }: { readonly target?: string | undefined }): readonly string[] {
  return target === undefined ? [] : [target];
}
