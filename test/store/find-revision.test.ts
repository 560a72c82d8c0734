import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { delivery, freshStore, revision } from "../helpers/store.ts";

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
  for (const typed of [WANTED, "abcd"]) {
    expect(await store.deployments.findRevision(typed)).toEqual({
      deployments: [third?.decisions[0]?.deployment, first?.decisions[0]?.deployment],
      deliveries: [third?.id, first?.id],
    });
  }
  expect((await store.deployments.findRevision("bbbb")).deliveries).toEqual([second?.id]);
  expect(await store.deployments.findRevision("")).toEqual({ deployments: [], deliveries: [] });
  expect((await store.deployments.findRevision(WANTED, 1)).deployments).toHaveLength(1);
});
