import { createHmac, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { openStore } from "../src/store/store.ts";
import { pushBody } from "./push-requests.ts";
import { createRepository } from "./repository.ts";
import { SECRET, startFraisier, writeBlockedConfig } from "./servers.ts";
import type { Server } from "./servers.ts";

/** A daemon whose one running deployment builds all the while, so that what is measured is accepting, not deploying. */
export interface BlockedFraisier extends AsyncDisposable {
  readonly server: Server;
  /** @throws unless `deliveries` events and their deployments are in the store, and all but the last are superseded. */
  checkStored(deliveries: number): void;
}

export async function startBlockedFraisier(folder: string): Promise<BlockedFraisier> {
  const repository = await createRepository(folder);
  const server = await startFraisier(writeBlockedConfig(folder, repository.bare));
  const file = join(folder, "fraisier.db");
  await push(server, await repository.commit("the first"));
  const running = await buildingDeployment(file);
  return {
    server,
    checkStored: (deliveries) => checkStored(file, deliveries),
    async [Symbol.asyncDispose]() {
      // First the daemon, so that it starts nothing new; then the runner, which outlives it.
      await server[Symbol.asyncDispose]();
      await cancel(file, running);
    },
  };
}

async function push(server: Server, revision: string): Promise<void> {
  const body = pushBody({ revision });
  const answer = await fetch(`http://127.0.0.1:${server.port}${server.path}`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
    },
  });
  if (answer.status !== 200) throw new Error(`the first push was answered ${answer.status}: ${await answer.text()}`);
}

async function buildingDeployment(file: string): Promise<string> {
  using database = open(file);
  const query = database.prepare<[], { id: string; status: string; phase: string; reason: string }>(
    "select id, status, phase, reason from tb_deployment",
  );
  for (let tries = 0; tries < 300; tries++) {
    const row = query.get();
    if (row?.status === "running" && row.phase === "building") return row.id;
    if (row !== undefined && row.status !== "queued" && row.status !== "running") {
      throw new Error(`the first deployment ended as ${row.status}: ${row.reason}`);
    }
    await sleep(100);
  }
  throw new Error("the first deployment did not start to build within 30 s");
}

function checkStored(file: string, deliveries: number): void {
  using database = open(file);
  const count = (sql: string): number =>
    database.prepare<[], { n: number }>(`select count(*) as n from ${sql}`).get()?.n ?? 0;
  // One more than was sent: the first, which builds.
  const expected = {
    events: deliveries + 1,
    distinct: deliveries + 1,
    deployments: deliveries + 1,
    superseded: deliveries - 1,
    open: 2,
  };
  const found = {
    events: count("tb_webhook_event where verified = 1 and decision = 'queued'"),
    distinct: count("(select distinct delivery_id from tb_webhook_event where verified = 1)"),
    deployments: count("tb_deployment"),
    superseded: count("tb_deployment where status = 'superseded' and superseded_by is not null"),
    open: count("tb_deployment where status in ('running', 'queued')"),
  };
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`the store should hold ${JSON.stringify(expected)} and holds ${JSON.stringify(found)}`);
  }
}

function open(file: string): Database.Database & Disposable {
  const database = new Database(file, { readonly: true });
  return Object.assign(database, { [Symbol.dispose]: () => void database.close() });
}

async function cancel(file: string, deployment: string): Promise<void> {
  const store = await openStore(`sqlite:${file}`);
  try {
    await store.queue.cancel(deployment, "bench", "the benchmark is over");
    store.poke();
    for (let tries = 0; tries < 100; tries++) {
      if ((await store.queue.state()).running.length === 0) return;
      await sleep(100);
    }
    throw new Error(`deployment ${deployment} could not be cancelled within 10 s`);
  } finally {
    await store.close();
  }
}
