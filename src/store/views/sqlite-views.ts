import type { View } from "../backends/backend.ts";
import { apiTokenSqlite } from "./api-token.sqlite.ts";
import { deploymentHistoryView } from "./deployment-history.view.ts";
import { deploymentStatsSqlite } from "./deployment-stats.sqlite.ts";
import { fraiseStatusView } from "./fraise-status.view.ts";
import { migrationStatusView } from "./migration-status.view.ts";
import { stuckDeploymentSqlite } from "./stuck-deployment.sqlite.ts";
import { verificationStatusView } from "./verification-status.view.ts";
import { webhookEventHistoryView } from "./webhook-event-history.view.ts";

/**
 * Every view of a store in SQLite; views that both engines understand are in files without the name of an engine. A migration makes them anew, so a view that is changed or added here needs a migration beside it: an empty one, if it changes
 * nothing else. A view may gain columns at any time and loses them by the rules for tables.
 */
export const sqliteViews: readonly View[] = [
  deploymentHistoryView,
  fraiseStatusView,
  deploymentStatsSqlite,
  stuckDeploymentSqlite,
  webhookEventHistoryView,
  migrationStatusView,
  verificationStatusView,
  apiTokenSqlite,
];
