import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { openInbox } from "../../src/webhooks/inbox.ts";
import { LOADED } from "../helpers/loaded.ts";
import { delivery, freshStore } from "../helpers/store.ts";

it("takes a bounded number of deliveries while the store is locked, and loses none of those", async () => {
  const store = await freshStore();
  const inbox = await openInbox(
    { url: `sqlite:${store.file}`, host: "" },
    () => undefined,
    () => undefined,
    { storeMs: 60_000, answerMs: 60_000 },
  );
  onTestFinished(() => inbox.close());
  const lock = new Database(store.file);
  lock.exec("begin immediate");
  const sent = Array.from({ length: 2_500 }, (_, n) =>
    inbox.record(delivery(n.toString(16).padStart(40, "a"))).then(
      () => "taken",
      (error: unknown) => String(error),
    ),
  );
  // Those that are too many hear it at once, lock or not.
  expect(await Promise.race(sent)).toMatch(/2000 deliveries wait for the store already/);
  lock.exec("rollback");
  lock.close();
  const outcomes = await Promise.all(sent);
  const taken = outcomes.filter((outcome) => outcome === "taken");
  expect(taken.length).toBeGreaterThanOrEqual(2_000);
  expect(taken.length).toBeLessThan(2_500);
  expect(await store.deliveries.history({ limit: 3_000 })).toHaveLength(taken.length);
});

it("answers within four seconds while the store is locked, and queues nothing of that afterwards", async () => {
  const store = await freshStore();
  const late: string[] = [];
  const inbox = await openInbox(
    { url: `sqlite:${store.file}`, host: "" },
    () => undefined,
    ({ id }) => void late.push(id),
  );
  onTestFinished(() => inbox.close());
  const lock = new Database(store.file);
  lock.exec("begin immediate");
  const started = performance.now();
  const first = inbox.record(delivery("a".repeat(40)));
  const failed = expect(first).rejects.toThrow(/the store did not take the delivery/);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  // It came later and may wait longer: the lock that fails the first one is not its end.
  const second = inbox.record(delivery("b".repeat(40)));
  await failed;
  expect(performance.now() - started).toBeLessThan(LOADED * 4_000);
  lock.exec("rollback");
  lock.close();
  expect((await second).decisions[0]?.decision).toBe("queued");
  expect((await store.deployments.history({ limit: 5 })).map(({ revision }) => revision)).toEqual(["b".repeat(40)]);
  expect(await store.deliveries.history({ limit: 5 })).toHaveLength(1);
  expect(late).toEqual([]);
});

it("says so if a delivery is recorded after its sender was told that it was not", async () => {
  const store = await freshStore();
  const late: string[] = [];
  const inbox = await openInbox(
    { url: `sqlite:${store.file}`, host: "" },
    () => undefined,
    ({ id }) => void late.push(id),
    // The answer is due at once, but the store has all the time it wants: as if its disk were slow.
    { storeMs: 10_000, answerMs: 0 },
  );
  onTestFinished(() => inbox.close());
  const sent = delivery("a".repeat(40));
  await expect(inbox.record(sent)).rejects.toThrow(/recorded later all the same/);
  await expect.poll(() => late).toEqual([sent.id]);
  await store.deliveries.recordLateAnswer(sent.id);
  expect((await store.deliveries.history({ limit: 1 }))[0]).toMatchObject({ httpStatus: 503, decision: "queued" });
});
