import type { Migration } from "../backends/backend.ts";
import { deploymentsSqlite } from "./0001-deployments.sqlite.ts";
import { recordsSqlite } from "./0001-records.sqlite.ts";
import { viewsSqlite } from "./0001-views.sqlite.ts";
import { statisticsSqlite } from "./0002-statistics.sqlite.ts";
import { unprovenSqlite } from "./0003-unproven.sqlite.ts";
import { waitsSqlite } from "./0004-waits.sqlite.ts";
import { apiTokensSqlite } from "./0005-api-tokens.sqlite.ts";
import { talliesSqlite } from "./0006-tallies.sqlite.ts";
import { sessionsSqlite } from "./0007-sessions.sqlite.ts";
import { changesSqlite } from "./0008-changes.sqlite.ts";
import { deliveriesByForgeSqlite } from "./0009-deliveries-by-forge.sqlite.ts";
import { requestsSqlite } from "./0010-requests.sqlite.ts";
import { tracesSqlite } from "./0011-traces.sqlite.ts";
import { narrowIndexes } from "./0012-narrow-indexes.ts";
import { hostsSqlite } from "./0013-hosts.sqlite.ts";
import { placementsSqlite } from "./0014-placements.sqlite.ts";
import { leaderSqlite } from "./0015-leader.sqlite.ts";

/** Every migration of a store in SQLite, in order. A released migration never changes: the store has its checksum. */
export const sqliteMigrations: readonly Migration[] = [
  { number: 1, name: "initial", sql: deploymentsSqlite + recordsSqlite + viewsSqlite, writableFrom: 1 },
  { number: 2, name: "statistics", sql: statisticsSqlite, writableFrom: 1 },
  { number: 3, name: "unproven deliveries", sql: unprovenSqlite, writableFrom: 1 },
  { number: 4, name: "reasons to wait", sql: waitsSqlite, writableFrom: 1 },
  { number: 5, name: "tokens of the API", sql: apiTokensSqlite, writableFrom: 1 },
  { number: 6, name: "tallies", sql: talliesSqlite, writableFrom: 1 },
  { number: 7, name: "sessions of the dashboard", sql: sessionsSqlite, writableFrom: 1 },
  { number: 8, name: "changes", sql: changesSqlite, writableFrom: 1 },
  { number: 9, name: "deliveries by forge", sql: deliveriesByForgeSqlite, writableFrom: 1 },
  { number: 10, name: "requests", sql: requestsSqlite, writableFrom: 1 },
  { number: 11, name: "traces", sql: tracesSqlite, writableFrom: 1 },
  { number: 12, name: "narrow indexes", sql: narrowIndexes, writableFrom: 1 },
  { number: 13, name: "hosts", sql: hostsSqlite, writableFrom: 1 },
  { number: 14, name: "placements", sql: placementsSqlite, writableFrom: 1 },
  { number: 15, name: "leader", sql: leaderSqlite, writableFrom: 1 },
];
