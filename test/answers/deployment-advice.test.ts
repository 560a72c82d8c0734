import { describe, expect, it } from "vitest";
import { deploymentAdvice } from "../../src/answers/stories/deployment-advice.ts";
import type { Gate } from "../../src/domain/wait-reason.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

describe("the advice for a deployment that waits", () => {
  it("follows from the kind of the reason, whatever its words are", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    const advice = async (reason: Gate | undefined): Promise<string | undefined> => {
      await store.queue.recordWait(deployment, reason);
      const detail = await store.deployments.detail(deployment);
      return detail === undefined ? undefined : deploymentAdvice(detail, undefined);
    };
    const override = `fraisier deploy api production --revision ${revision("a")} --override <why> goes ahead.`;
    expect(await advice(undefined)).toContain("It starts when its target is free");
    expect(
      await advice({ kind: "lock", on: "api/production", by: "retry frozen from", reason: "a secret is missing" }),
    ).toBe(`fraisier unlock ends a lock; ${override}`);
    expect(
      await advice({ kind: "freeze", window: "22:00 to 06:00 (UTC)", ends: "06:00 (UTC)", reason: "ann locked it" }),
    ).toBe(`The freeze ends 06:00 (UTC); ${override}`);
    expect(await advice({ kind: "retry", retry: 1, limit: 2, at: "2099" })).toContain("starts it now");
    expect(await advice({ kind: "process", work: "a restore", by: "ann" })).toContain("fraisier lock lists");
    expect(await advice({ kind: "secret", missing: "TOKEN" })).toContain("Once the secret is set");
    expect(await advice({ kind: "configuration", problem: "line 1" })).toContain("fraisier config validate");
    expect(await advice({ kind: "restart", change: "store.url was changed" })).toContain("systemctl restart fraisier");
  });

  it("is that of a deployment that waits for nothing once a person overrides what it waited for", async () => {
    const store = await freshStore();
    const { deployment } = await store.queue.enqueue(API, "person", wanted(revision("a")));
    const lock: Gate = { kind: "lock", on: "api/production", by: "ann", reason: "" };
    await store.queue.recordWait(deployment, lock);
    expect((await store.queue.state()).queued[0]?.waitsFor).toEqual(lock);
    expect((await store.deployments.detail(deployment))?.deployment.waitsBecause).toBe("ann locked api/production");
    await store.queue.enqueue(API, "person", wanted(revision("a"), { override: { by: "bob", reason: "now" } }));
    expect((await store.queue.state()).queued[0]?.waitsFor).toBeUndefined();
    expect((await store.deployments.detail(deployment))?.waitsFor).toBeUndefined();
  });
});
