import type { Migration } from "../backends/backend.ts";
import { changesPostgres } from "./0010-changes.postgres.ts";
import { deploymentsPostgres } from "./0010-deployments.postgres.ts";
import { recordsPostgres } from "./0010-records.postgres.ts";
import { talliesPostgres } from "./0010-tallies.postgres.ts";
import { tracesPostgres } from "./0011-traces.postgres.ts";
import { narrowIndexes } from "./0012-narrow-indexes.ts";
import { hostsPostgres } from "./0013-hosts.postgres.ts";
import { placementsPostgres } from "./0014-placements.postgres.ts";
import { leaderPostgres } from "./0015-leader.postgres.ts";

/**
 * Every migration of a store on PostgreSQL, in order. The first one makes the shape that SQLite's migrations have reached at its number; after it, each number
 * stands for the same shape in both engines. A released migration never changes: the store has its checksum.
 */
export const postgresMigrations: readonly Migration[] = [
  {
    number: 10,
    name: "initial",
    sql: deploymentsPostgres + recordsPostgres + talliesPostgres + changesPostgres,
    writableFrom: 10,
  },
  { number: 11, name: "traces", sql: tracesPostgres, writableFrom: 10 },
  { number: 12, name: "narrow indexes", sql: narrowIndexes, writableFrom: 10 },
  { number: 13, name: "hosts", sql: hostsPostgres, writableFrom: 10 },
  // An older program would end deployments of other hosts, and knows the keys without the host.
  { number: 14, name: "placements", sql: placementsPostgres, writableFrom: 14 },
  { number: 15, name: "leader", sql: leaderPostgres, writableFrom: 14 },
];
