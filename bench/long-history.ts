import { join } from "node:path";
import { mkdirSync } from "node:fs";
import Database from "better-sqlite3";
import { openStore } from "../src/store/store.ts";
import { timed } from "./processes.ts";
import { MAIN } from "./program.ts";
import { figure } from "./figure.ts";
import type { Row } from "./figure.ts";
import type { Part } from "./part.ts";
import { writeBlockedConfig } from "./servers.ts";
import { median } from "./statistics.ts";

const SIZES = [1_000, 1_000_000] as const;
const RUNS = 21;
const READS = 201;

const QUESTIONS = ["status", "history", "history shop production"] as const;

/** Whether looking gets slower with the years. */
export const longHistory: Part = {
  letter: "c",
  title: "Looking at 1,000 and at 1,000,000 deployments",
  async run(folder) {
    const configs: string[] = [];
    for (const size of SIZES) {
      const own = join(folder, String(size));
      mkdirSync(own);
      configs.push(writeBlockedConfig(own, join(folder, "shop.git")));
      await fill(join(own, "fraisier.db"), size);
    }
    const rows: Row[] = [];
    for (const question of QUESTIONS) rows.push(await commandRow(question, configs));
    rows.push(...(await readRows(SIZES.map((size) => `sqlite:${join(folder, String(size), "fraisier.db")}`))));
    return rows;
  },
};

async function commandRow(question: string, configs: readonly string[]): Promise<Row> {
  const times = configs.map((): number[] => []);
  for (let round = 0; round < RUNS; round++) {
    for (const [index, config] of configs.entries()) {
      times[index]?.push(await timed(process.execPath, [MAIN, ...question.split(" "), "--config", config]));
    }
  }
  return comparison(`\`fraisier ${question}\``, times, "ms", 1);
}

/** The same questions without the start of the process. */
async function readRows(urls: readonly string[]): Promise<readonly Row[]> {
  const stores = await Promise.all(urls.map((url) => openStore(url)));
  const shop = { fraise: "shop", environment: "production", job: "" };
  const reads: Record<string, (store: (typeof stores)[number]) => Promise<unknown>> = {
    "status, in the store": (store) => store.targets.status(),
    "history, in the store": (store) => store.deployments.history({ limit: 20 }),
    "history of one target, in the store": (store) => store.deployments.history({ ...shop, limit: 20 }),
  };
  const rows: Row[] = [];
  for (const [name, read] of Object.entries(reads)) {
    const times = stores.map((): number[] => []);
    for (let round = 0; round < READS; round++) {
      for (const [index, store] of stores.entries()) {
        const startedAt = performance.now();
        await read(store);
        times[index]?.push(performance.now() - startedAt);
      }
    }
    rows.push(comparison(name, times, "µs", 1_000));
  }
  await Promise.all(stores.map((store) => store.close()));
  return rows;
}

function comparison(measured: string, times: readonly (readonly number[])[], unit: string, factor: number): Row {
  const [few = Number.NaN, many = Number.NaN] = times.map((each) => median(each) * factor);
  const ratio = many / few;
  return figure(`history.${measured.replaceAll(/[^a-z]+/g, "-").replaceAll(/^-|-$/g, "")}`, measured, ratio, {
    digits: 2,
    wanted: { most: 1.5 },
    boundBy: "an index answers it, and reads as many rows as are shown, whatever the number of the others.",
    result: `${few.toFixed(0)} ${unit} and ${many.toFixed(0)} ${unit}: ${ratio.toFixed(2)}`,
  });
}

/** Finished deployments of some targets, one a minute, each followed by its outcome; the newest of each succeeded and is active. */
export async function fill(file: string, size: number, targets = 20): Promise<void> {
  await (await openStore(`sqlite:${file}`)).close();
  const database = new Database(file);
  database.pragma("synchronous = off");
  const indexes = database
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = 'tb_deployment'",
    )
    .all();
  // Rows first, indexes after: a million of them take seconds, not minutes.
  for (const { name } of indexes) database.exec(`drop index ${name}`);
  database
    .prepare(
      `with recursive counter (n) as (select 1 union all select n + 1 from counter where n < @size),
       numbered as (select n, case when n % @targets = 0 then 'shop' else 'fraise' || cast(n % @targets as integer) end as fraise,
                           strftime('%Y-%m-%dT%H:%M:%fZ', 1577836800 + n * 60, 'unixepoch') as at from counter)
       insert into tb_deployment (id, fraise, environment, trigger, triggered_by, revision, ref_kind, ref_name, message, status, phase, progress,
                                  reason, attempt, queued_at, started_at, phase_changed_at, finished_at)
       select printf('0%012d', n), fraise, 'production', 'delivery', 'ann', printf('%040x', n * 7919), 'branch', 'main', 'Prices with taxes',
              case when n > @size - @targets then 'succeeded' when n % 7 = 0 then 'rolled_back' when n % 5 = 0 then 'failed' else 'succeeded' end,
              'active', 100, case when n <= @size - @targets and (n % 7 = 0 or n % 5 = 0) then 'the health check answered 500' else '' end, 1, at, at, at, at
       from numbered`,
    )
    .run({ size, targets });
  database.exec(`insert into tb_fraise_state (fraise, environment, job, revision, deployment_id, updated_at)
    select fraise, environment, job, revision, id, finished_at from tb_deployment order by id desc limit ${targets}`);
  for (const { sql } of indexes) database.exec(sql);
  database.pragma("wal_checkpoint(truncate)");
  database.close();
}
