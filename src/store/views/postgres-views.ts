import type { View } from "../backends/backend.ts";
import { apiTokenPostgres } from "./api-token.postgres.ts";
import { deploymentHistoryView } from "./deployment-history.view.ts";
import { deploymentStatsPostgres } from "./deployment-stats.postgres.ts";
import { fraiseStatusView } from "./fraise-status.view.ts";
import { migrationStatusView } from "./migration-status.view.ts";
import { stuckDeploymentPostgres } from "./stuck-deployment.postgres.ts";
import { verificationStatusView } from "./verification-status.view.ts";
import { webhookEventHistoryView } from "./webhook-event-history.view.ts";

/** Every view of a store on PostgreSQL: see sqliteViews. */
export const postgresViews: readonly View[] = [
  deploymentHistoryView,
  fraiseStatusView,
  deploymentStatsPostgres,
  stuckDeploymentPostgres,
  webhookEventHistoryView,
  migrationStatusView,
  verificationStatusView,
  apiTokenPostgres,
];
