import type { Migration } from "../../src/store/backends/backend.ts";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";

const number = sqliteMigrations.length + 1;

/** A migration of the next minor version: it only adds. */
export const ADDS: Migration = {
  number,
  name: "adds",
  sql: "alter table tb_deployment add column later text; create table tb_later (a text) strict;",
  writableFrom: 1,
};

/** A migration that this version of fraisier cannot live with. */
export const REMOVES: Migration = {
  number,
  name: "removes",
  sql: "drop table tb_store_backup;",
  writableFrom: number,
};

/** Migrates a store as a newer fraisier does when it opens it. */
export async function upgrade(file: string, migration: Migration): Promise<void> {
  await (await openStore(`sqlite:${file}`, { migrations: [...sqliteMigrations, migration] })).close();
}
