import { expect, it } from "vitest";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

it("a wish for a revision that is being taken back never ends with it: it waits its turn", async () => {
  const store = await freshStore();
  const first = await store.enqueueDeployment(API, "person", wanted(revision("a")));
  await store.claimDeployment(first.deployment, 1_000, "{}");
  await store.adoptDeployment(first.deployment, "runner", { kind: "process", identity: "{}" }, 1_000);
  const joined = await store.enqueueDeployment(API, "person", wanted(revision("a")));
  expect(joined).toMatchObject({ decision: "redelivery", deployment: first.deployment });
  await store.beginRollback(first.deployment, "runner", "it did not hold");
  const second = await store.enqueueDeployment(API, "person", wanted(revision("a")));
  expect(second.decision).toBe("queued");
  expect(second.deployment).not.toBe(first.deployment);
  const third = await store.enqueueDeployment(API, "person", wanted(revision("a")));
  expect(third).toMatchObject({ decision: "redelivery", deployment: second.deployment });
});
