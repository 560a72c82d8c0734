import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { delivery, freshStore, revision } from "../helpers/store.ts";

it("lists a deployment as stuck only once its phase has not moved for too long", async () => {
  const store = await freshStore();
  const [recorded] = await store.deliveries.record([delivery(revision("a"))]);
  const id = recorded?.decisions[0]?.deployment ?? "";
  await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
  await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
  const stuck = (): readonly unknown[] => {
    const database = new Database(store.file);
    const rows = database.prepare("select id from v_stuck_deployment").all();
    database.close();
    return rows;
  };
  expect(stuck()).toEqual([]);
  expect((await store.measures.counts()).stuck).toBe(0);
  await store.queue.noticeStuck(new Date(Date.now() + 1_000));
  expect(stuck()).toEqual([{ id }]);
  expect((await store.measures.counts()).stuck).toBe(1);
});
