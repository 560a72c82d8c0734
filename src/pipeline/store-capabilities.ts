import type { Deployment } from "../domain/deployment.ts";
import { MAX_MESSAGE } from "../domain/event.ts";
import type { Members } from "../steps/capabilities.ts";
import type { ContextParts } from "./step-context.ts";

/** The capabilities by which steps ask the store, and put on record what they find. */
type StoreCapability =
  | "groupFiles"
  | "recordChecks"
  | "recordGroupFile"
  | "refs"
  | "releases"
  | "revise"
  | "running"
  | "standing";

/** The deployment as it is now: steps may learn its commit and its message. */
export interface CurrentDeployment {
  deployment: Deployment;
}

export function storeCapabilities(
  { run: { owner, store, redact }, target, looks, before, lenderOf }: ContextParts,
  current: CurrentDeployment,
): Members<StoreCapability> {
  const { id } = current.deployment;
  return {
    previousRevision: looks.previousRevision,
    previousRelease: before.release,
    replaced: before.replaced,
    runsNow: async (key) => (await store.targets.here(key))?.revision,
    lastOfRef: (ref, except) => store.deployments.lastOfRef(target, ref, except),
    heldBack: (revision) => store.targets.heldBack(target, revision),
    recordedDeployments: (ids) => store.deployments.recorded(ids),
    groupFiles: (group) => store.targets.groupFiles(target, group),
    recordGroupFile: (group, file, blob) => store.targets.recordGroupFile(id, owner, { group, file, blob }),
    async recordChecks(results) {
      await store.verifications.record({
        target,
        revision: current.deployment.revision,
        deployment: { id, owner },
        results: results.map((each) => ({ ...each, name: redact(each.name), seen: redact(each.seen) })),
      });
    },
    async standing(other) {
      const { revision } = current.deployment;
      const own = await store.targets.standing(other, revision);
      const lender = lenderOf(other);
      if (lender === undefined) return own;
      // Borrowed code is what its lender runs at this moment, whatever was deployed.
      return { ...own, revision: (await store.targets.standing(lender, revision)).revision };
    },
    async peel(revision) {
      await store.deployments.peelRevision(id, owner, revision);
      current.deployment = { ...current.deployment, revision };
    },
    async message(text) {
      const message = redact(text).slice(0, MAX_MESSAGE);
      await store.deployments.recordMessage(id, owner, message);
      current.deployment = { ...current.deployment, message };
    },
  };
}
