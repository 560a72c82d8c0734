import { expect, it } from "vitest";
import { systemClock } from "../../src/host/clock.ts";
import { Skipped } from "../../src/pipeline/interruptions.ts";
import { openJournal } from "../../src/pipeline/journal.ts";
import { openOutputLog } from "../../src/pipeline/output-log.ts";
import { runDeployment } from "../../src/pipeline/run-deployment.ts";
import type { Capability, StepContext } from "../../src/steps/capabilities.ts";
import type { Store } from "../../src/store/store.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";

/** One runner of the deployment: its first step finds that nothing is to be done. @returns the steps that it began. */
async function runner(store: Store, id: string, attempt: number): Promise<readonly string[]> {
  const owner = `runner ${attempt}`;
  await store.queue.adopt(id, { owner, kind: "process", identity: "{}" }, 1_000);
  const begun: string[] = [];
  const same = (text: string): string => text;
  await runDeployment({
    id,
    owner,
    steps: [
      {
        name: "look",
        phase: "pulling_source",
        describe: () => "Look whether it is needed",
        async run() {
          begun.push("look");
          throw new Skipped("it was pushed away");
        },
      },
      {
        name: "build",
        phase: "building",
        describe: () => "Build it",
        async run() {
          begun.push("build");
        },
      },
    ],
    store,
    journal: await openJournal(store, id, owner, same),
    output: openOutputLog(store, id, attempt, same),
    clock: systemClock,
    // These steps ask it nothing.
    contextFor: () => ({}) as StepContext<Capability>,
    signal: new AbortController().signal,
    stopping: new AbortController().signal,
    automaticRollback: true,
    releasePath: "",
    rollback: undefined,
    attempt,
    stops: 0,
    wasStopped: false,
    retries: 0,
    phaseTimeouts: {},
    onFailure: async () => {},
    redact: same,
  });
  return begun;
}

it("a needless deployment is not deployed if its runner dies right after it has found that out", async () => {
  const store = await freshStore();
  const id = (await store.deliveries.record([delivery(revision("a"))]))[0]?.decisions[0]?.deployment ?? "";
  await store.queue.claim(id, { leaseMs: 1_000, claimer: "{}" });
  const dying: Store = {
    ...store,
    deployments: {
      ...store.deployments,
      async settle() {
        throw new Error("the runner is dead");
      },
    },
  };
  await expect(runner(dying, id, 1)).rejects.toThrow("the runner is dead");
  await store.queue.revokeLeases([{ id, leaseOwner: "runner 1" }]);
  await store.queue.reclaim(id, 1_000, "{}");
  expect(await runner(store, id, 2)).toEqual(["look"]);
  const detail = await store.deployments.detail(id);
  expect(detail?.deployment.status).toBe("skipped");
  expect(detail?.steps.map(({ step, status }) => `${step} ${status}`)).toEqual(["look finished"]);
});
