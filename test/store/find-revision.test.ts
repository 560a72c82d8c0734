import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const WANTED = `abcdef${"0".repeat(34)}`;

it("finds a revision behind a hundred thousand newer decisions, newest first, by the beginning of its hash", async () => {
  const store = await freshStore();
  const [first] = await store.deliveries.record([delivery(WANTED)]);
  const [second] = await store.deliveries.record([delivery(revision("b"))]);
  const [third] = await store.deliveries.record([delivery(WANTED)]);
  const database = new Database(store.file);
  database.exec(`
    with recursive n (n) as (select 1 union all select n + 1 from n where n < 100000)
    insert into tb_webhook_decision (event_id, sequence, revision, decision, reason)
    select '${third?.id}', n + 1, printf('%040x', n), 'ignored', '' from n`);
  database.close();
  for (const typed of [WANTED, "abcd", WANTED.slice(0, 7), WANTED.slice(0, 8), WANTED.slice(0, 9)]) {
    expect(await store.deployments.findRevision(typed)).toEqual({
      deployments: [third?.decisions[0]?.deployment, first?.decisions[0]?.deployment],
      deliveries: [third?.id, first?.id],
    });
  }
  expect((await store.deployments.findRevision("bbbb")).deliveries).toEqual([second?.id]);
  expect(await store.deployments.findRevision("")).toEqual({ deployments: [], deliveries: [] });
  expect((await store.deployments.findRevision(WANTED, 1)).deployments).toHaveLength(1);
});

it("finds the delivery of a tag by the tag's own object once its deployment has the commit", async () => {
  const store = await freshStore();
  const object = revision("c");
  const [tagged] = await store.deliveries.record([
    delivery(object, { wanted: { ref: { kind: "tag", name: "v1.0" } } }),
  ]);
  const deployment = tagged?.decisions[0]?.deployment ?? "";
  await store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
  await store.queue.adopt(deployment, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
  await store.deployments.peelRevision(deployment, "runner", revision("d"));
  expect(await store.deployments.findRevision(object)).toEqual({ deployments: [], deliveries: [tagged?.id] });
  expect(await store.deployments.findRevision(revision("d"))).toEqual({
    deployments: [deployment],
    deliveries: [tagged?.id],
  });
});

it("finds what a store of version 10 has recorded once it is migrated, and knows its deliveries again", async () => {
  const url = `sqlite:${join(temporaryFolder(), "fraisier.db")}`;
  const older = await openStore(url, { migrations: sqliteMigrations.slice(0, 10) });
  const first = delivery(WANTED, { deliveryId: "0fbd8a60-8a2e-11f0-9c4c-1f2b3c4d5e6f 292430182" });
  const [recorded] = await older.deliveries.record([first]);
  await older.close();
  const store = await openStore(url);
  const deployment = recorded?.decisions[0]?.deployment;
  expect(await store.deployments.findRevision("abcdef0000")).toEqual({
    deployments: [deployment],
    deliveries: [first.id],
  });
  expect(await store.deliveries.find(first.deliveryId ?? "")).toEqual([first.id]);
  const [again] = await store.deliveries.record([delivery(WANTED, { deliveryId: first.deliveryId })]);
  expect(again).toMatchObject({ redeliveryOf: first.id, decisions: [{ decision: "redelivery", deployment }] });
  await store.close();
});
