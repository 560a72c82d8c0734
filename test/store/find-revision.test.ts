import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import type { IncomingDelivery } from "../../src/domain/decision.ts";
import { newId } from "../../src/domain/id.ts";
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
  const file = join(temporaryFolder(), "fraisier.db");
  const url = `sqlite:${file}`;
  await (await openStore(url, { migrations: sqliteMigrations.slice(0, 10), views: [] })).close();
  const first = delivery(WANTED, { deliveryId: "0fbd8a60-8a2e-11f0-9c4c-1f2b3c4d5e6f 292430182" });
  const deployment = newId();
  recordAsBefore(file, first, deployment);
  const store = await openStore(url);
  expect(await store.deployments.findRevision("abcdef0000")).toEqual({
    deployments: [deployment],
    deliveries: [first.id],
  });
  expect(await store.deliveries.find(first.deliveryId ?? "")).toEqual([first.id]);
  const [again] = await store.deliveries.record([delivery(WANTED, { deliveryId: first.deliveryId })]);
  expect(again).toMatchObject({ redeliveryOf: first.id, decisions: [{ decision: "redelivery", deployment }] });
  await store.close();
});

/** Records a delivery and its deployment as a fraisier with a store of version 10 did. */
function recordAsBefore(file: string, { id, receivedAt, deliveryId }: IncomingDelivery, deployment: string): void {
  const database = new Database(file);
  database
    .prepare(
      `insert into tb_webhook_event (id, received_at, forge, delivery_id, remote_address, headers, body_bytes, verified, http_status, decision, reason)
       values (?, ?, 'github', ?, '192.0.2.1', '{}', 100, 1, 200, 'queued', '')`,
    )
    .run(id, receivedAt, deliveryId);
  database
    .prepare(
      `insert into tb_deployment (id, fraise, environment, trigger, triggered_by, revision, ref_kind, ref_name, status, queued_at)
       values (?, 'api', 'production', 'delivery', 'ann', ?, 'branch', 'main', 'queued', ?)`,
    )
    .run(deployment, WANTED, receivedAt);
  database
    .prepare(
      `insert into tb_webhook_decision (event_id, sequence, fraise, environment, ref, revision, decision, reason, deployment_id)
       values (?, 0, 'api', 'production', 'refs/heads/main', ?, 'queued', '', ?)`,
    )
    .run(id, WANTED, deployment);
  database.close();
}
