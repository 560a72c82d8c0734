// oxlint-disable typescript/consistent-type-imports -- the modules are loaded at run time, and their types are named in place
import { join } from "node:path";

/** What the model's machine is built of: modules of one copy of fraisier. */
export type Fraisier = Awaited<ReturnType<typeof loadFraisier>>;

/** @param source the folder `src` of a copy: this repository's, or one with a defect put back. Nothing may be mixed: an error class of another copy is another class. */
export async function loadFraisier(source: string) {
  const load = async (path: string): Promise<unknown> => await import(/* @vite-ignore */ join(source, path));
  return {
    ...((await load("compose/app.ts")) as Pick<typeof import("../../src/compose/app.ts"), "families">),
    ...((await load(
      "actions/deployments/rollback-destination.ts",
    )) as typeof import("../../src/actions/deployments/rollback-destination.ts")),
    ...((await load("config/load.ts")) as typeof import("../../src/config/load.ts")),
    ...((await load("domain/errors.ts")) as typeof import("../../src/domain/errors.ts")),
    ...((await load("domain/event.ts")) as typeof import("../../src/domain/event.ts")),
    ...((await load("domain/id.ts")) as typeof import("../../src/domain/id.ts")),
    ...((await load("forges/index.ts")) as typeof import("../../src/forges/index.ts")),
    ...((await load("host/process-identity.ts")) as typeof import("../../src/host/process-identity.ts")),
    ...((await load("pipeline/interruptions.ts")) as typeof import("../../src/pipeline/interruptions.ts")),
    ...((await load("pipeline/journal.ts")) as typeof import("../../src/pipeline/journal.ts")),
    ...((await load("pipeline/output-log.ts")) as typeof import("../../src/pipeline/output-log.ts")),
    ...((await load("pipeline/places.ts")) as typeof import("../../src/pipeline/places.ts")),
    ...((await load("pipeline/run-deployment.ts")) as typeof import("../../src/pipeline/run-deployment.ts")),
    ...((await load("pipeline/step-context.ts")) as typeof import("../../src/pipeline/step-context.ts")),
    ...((await load("queue/dispatcher.ts")) as typeof import("../../src/queue/dispatcher.ts")),
    ...((await load("queue/living-locks.ts")) as typeof import("../../src/queue/living-locks.ts")),
    ...((await load("routing/route.ts")) as typeof import("../../src/routing/route.ts")),
    ...((await load("steps/source/check-branch.ts")) as typeof import("../../src/steps/source/check-branch.ts")),
    ...((await load("steps/source/fetch-source.ts")) as typeof import("../../src/steps/source/fetch-source.ts")),
    ...((await load("store/store.ts")) as typeof import("../../src/store/store.ts")),
    ...((await load(
      "store/writes/claim-deployment.ts",
    )) as typeof import("../../src/store/writes/claim-deployment.ts")),
    ...((await load("sweep/sweep-repository.ts")) as typeof import("../../src/sweep/sweep-repository.ts")),
    ...((await load("webhooks/delivery-counts.ts")) as typeof import("../../src/webhooks/delivery-counts.ts")),
    ...((await load("webhooks/receive.ts")) as typeof import("../../src/webhooks/receive.ts")),
    ...((await load("webhooks/replay.ts")) as typeof import("../../src/webhooks/replay.ts")),
  };
}
