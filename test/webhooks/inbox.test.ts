import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { openInbox } from "../../src/webhooks/inbox.ts";
import { delivery, freshStore } from "../helpers/store.ts";

it("takes a bounded number of deliveries while the store is locked, and loses none of those", async () => {
  const store = await freshStore();
  const inbox = await openInbox(`sqlite:${store.file}`, () => undefined);
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
  expect(await store.deliveryHistory({ limit: 3_000 })).toHaveLength(taken.length);
});
