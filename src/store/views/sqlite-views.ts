import type { View } from "../backends/backend.ts";
import { apiTokenSqlite } from "./api-token.sqlite.ts";
import { deploymentHistorySqlite } from "./deployment-history.sqlite.ts";
import { deploymentStatsSqlite } from "./deployment-stats.sqlite.ts";
import { fraiseStatusSqlite } from "./fraise-status.sqlite.ts";
import { migrationStatusSqlite } from "./migration-status.sqlite.ts";
import { stuckDeploymentSqlite } from "./stuck-deployment.sqlite.ts";
import { verificationStatusSqlite } from "./verification-status.sqlite.ts";
import { webhookEventHistorySqlite } from "./webhook-event-history.sqlite.ts";

/**
 * Every view of a store in SQLite. A migration makes them anew, so a view that is changed or added here needs a migration beside it: an empty one, if it changes
 * nothing else. A view may gain columns at any time and loses them by the rules for tables.
 */
export const sqliteViews: readonly View[] = [
  deploymentHistorySqlite,
  fraiseStatusSqlite,
  deploymentStatsSqlite,
  stuckDeploymentSqlite,
  webhookEventHistorySqlite,
  migrationStatusSqlite,
  verificationStatusSqlite,
  apiTokenSqlite,
];
