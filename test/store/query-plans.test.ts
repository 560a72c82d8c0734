import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { apiTokens } from "../../src/store/reads/api-tokens.ts";
import { findApiToken } from "../../src/store/reads/find-api-token.ts";
import { findSession } from "../../src/store/reads/find-session.ts";
import { actionsOn } from "../../src/store/reads/actions-on.ts";
import { changesAfter } from "../../src/store/reads/changes-after.ts";
import { newestChange } from "../../src/store/reads/newest-change.ts";
import { newestOutput } from "../../src/store/reads/newest-output.ts";
import { deploymentSummary } from "../../src/store/reads/deployment-summary.ts";
import { deliverySummary } from "../../src/store/reads/delivery-summary.ts";
import { badDeployments } from "../../src/store/reads/bad-deployments.ts";
import { deliveryHistory } from "../../src/store/reads/delivery-history.ts";
import { deploymentDetail } from "../../src/store/reads/deployment-detail.ts";
import { deploymentHistory } from "../../src/store/reads/deployment-history.ts";
import { deploymentCounts } from "../../src/store/reads/deployment-counts.ts";
import { deploymentOutput } from "../../src/store/reads/deployment-output.ts";
import { backupHistory } from "../../src/store/reads/backup-history.ts";
import { allDaemons } from "../../src/store/reads/all-daemons.ts";
import { allHosts } from "../../src/store/reads/all-hosts.ts";
import { leader } from "../../src/store/reads/leader.ts";
import { drainOf } from "../../src/store/reads/drain-of.ts";
import { endedDeployments } from "../../src/store/reads/ended-deployments.ts";
import { findDeployment } from "../../src/store/reads/find-deployment.ts";
import { knownHosts } from "../../src/store/reads/known-hosts.ts";
import { knownRefs } from "../../src/store/reads/known-refs.ts";
import { heldBack } from "../../src/store/reads/held-back.ts";
import { lastOfRef } from "../../src/store/reads/last-of-ref.ts";
import { lastStoreBackup } from "../../src/store/reads/last-store-backup.ts";
import { locks } from "../../src/store/reads/locks.ts";
import { newestId } from "../../src/store/reads/newest-id.ts";
import { frozenSettings } from "../../src/store/reads/frozen-settings.ts";
import { newestSuccesses } from "../../src/store/reads/newest-successes.ts";
import { deliveriesOf } from "../../src/store/reads/deliveries-of.ts";
import { deliveryDetail } from "../../src/store/reads/delivery-detail.ts";
import { findDelivery } from "../../src/store/reads/find-delivery.ts";
import { findRevision } from "../../src/store/reads/find-revision.ts";
import { rollbacksOf } from "../../src/store/reads/rollbacks-of.ts";
import { forgettable } from "../../src/store/reads/forgettable.ts";
import { FORGETTABLE } from "../../src/store/writes/forget.ts";
import { counts } from "../../src/store/reads/counts.ts";
import { logPage } from "../../src/store/reads/log-page.ts";
import { migrationHistory } from "../../src/store/reads/migration-history.ts";
import { migrationStatus } from "../../src/store/reads/migration-status.ts";
import { groupFiles } from "../../src/store/reads/group-files.ts";
import { queueState } from "../../src/store/reads/queue-state.ts";
import { recordedDeployments } from "../../src/store/reads/recorded-deployments.ts";
import { phaseDurations } from "../../src/store/reads/phase-durations.ts";
import { replacedDeployments } from "../../src/store/reads/replaced-deployments.ts";
import { tallies } from "../../src/store/reads/tallies.ts";
import { targetMeasures } from "../../src/store/reads/target-measures.ts";
import { targetStanding } from "../../src/store/reads/target-standing.ts";
import { targetStatus } from "../../src/store/reads/target-status.ts";
import { verificationChecks } from "../../src/store/reads/verification-checks.ts";
import { verificationStatus } from "../../src/store/reads/verification-status.ts";
import { tracePosition } from "../../src/store/reads/trace-position.ts";
import { variableRecipient } from "../../src/store/reads/variable-recipient.ts";
import { variablesOf } from "../../src/store/reads/variables-of.ts";
import { recordDeliveries } from "../../src/store/writes/record-deliveries.ts";
import type { StoreContext } from "../../src/store/store-context.ts";
import type { Tables } from "../../src/store/tables.ts";
import { API, delivery, freshStore, revision } from "../helpers/store.ts";
import { waitsOf } from "../../src/store/reads/waits-of.ts";

/** Every question the store answers, asked in each way that changes its query. A new file in reads/ must add itself here. */
const QUESTIONS: Readonly<Record<string, (context: StoreContext, id: string) => Promise<unknown>>> = {
  "actions-on": (context) => actionsOn(context, API, 20),
  "changes-after": (context) => changesAfter(context, 0, 100),
  "newest-change": (context) => newestChange(context),
  "newest-output": (context, id) => newestOutput(context, id),
  "deployment-summary": (context, id) => deploymentSummary(context, id),
  "delivery-summary": (context, id) => deliverySummary(context, id),
  "api-tokens": (context) => apiTokens(context),
  "find-api-token": (context, id) => findApiToken(context, id),
  "find-session": (context) => findSession(context, new Uint8Array(32)),
  counts: (context) => counts(context),
  "backup-history": async (context) => {
    await backupHistory(context, API, { limit: 20 });
    await backupHistory(context, API, { limit: 20, before: "z" });
  },
  "all-daemons": (context) => allDaemons(context),
  "all-hosts": (context) => allHosts(context),
  leader: (context) => leader(context),
  "drain-of": (context) => drainOf(context, "web1"),
  "delivery-history": async (context) => {
    await deliveryHistory(context, { limit: 20 });
    await deliveryHistory(context, { limit: 20, before: "z" });
    await deliveryHistory(context, { limit: 20, decision: "refused" });
    await deliveryHistory(context, { limit: 20, forge: "github" });
    await deliveryHistory(context, { limit: 20, targets: [API], forge: "github", decision: "queued", before: "z" });
  },
  "bad-deployments": (context, id) => badDeployments(context, [id]),
  "deployment-detail": (context, id) => deploymentDetail(context, id),
  "deployment-history": async (context) => {
    await deploymentHistory(context, { limit: 20 });
    await deploymentHistory(context, { limit: 20, ...API, before: "z" });
    await deploymentHistory(context, { limit: 20, fraise: "api" });
    await deploymentHistory(context, { limit: 20, status: "failed" });
  },
  "deployment-counts": (context) => deploymentCounts(context, "2026-11-21"),
  "deployment-output": (context, id) => deploymentOutput(context, id, 0, 100),
  "log-page": async (context, id) => {
    await logPage(context, { id, limit: 20 });
    await logPage(context, { id, after: 3, steps: ["build"], containing: "error", limit: 20 });
    await logPage(context, { id, before: 3, limit: 20 });
  },
  "ended-deployments": async (context) => {
    // The second statement is asked only if a deployment has failed.
    await context.db.updateTable("tb_deployment").set({ status: "failed" }).execute();
    await endedDeployments(context, API, 100);
  },
  "find-deployment": (context, id) => findDeployment(context, id.slice(0, 4)),
  "deliveries-of": (context, id) => deliveriesOf(context, id),
  "delivery-detail": (context, id) => deliveryDetail(context, id),
  "find-delivery": (context, id) => findDelivery(context, id.slice(0, 4)),
  "find-revision": (context) => findRevision(context, "aaaa"),
  "rollbacks-of": (context, id) => rollbacksOf(context, id),
  forgettable: async (context, id) => {
    for (const what of FORGETTABLE) await forgettable(context, what, id);
  },
  "held-back": (context) => heldBack(context, API, revision("a")),
  "last-of-ref": (context, id) => lastOfRef(context, API, { kind: "tag", name: id }, id),
  "last-store-backup": (context) => lastStoreBackup(context),
  "known-refs": (context) => knownRefs(context, API),
  locks: (context) => locks(context),
  "newest-id": (context) => newestId(context),
  "frozen-settings": (context) => frozenSettings(context, "0"),
  "newest-successes": (context) => newestSuccesses(context, API, 20),
  "migration-history": async (context) => {
    await migrationHistory(context, API, { limit: 20 });
    await migrationHistory(context, API, { limit: 20, before: "z" });
  },
  "migration-status": (context) => migrationStatus(context, API),
  "group-files": (context) => groupFiles(context, API, "web"),
  "phase-durations": async (context) => {
    // The second statement is asked only if a deployment has succeeded.
    await context.db.updateTable("tb_deployment").set({ status: "succeeded" }).execute();
    await phaseDurations(context, API, 100);
  },
  "queue-state": (context) => queueState(context),
  "recorded-deployments": (context, id) => recordedDeployments(context, [id]),
  "replaced-deployments": (context, id) => replacedDeployments(context, id),
  tallies: (context) => tallies(context),
  "target-measures": (context) => targetMeasures(context),
  "target-standing": (context) => targetStanding(context, API, revision("a")),
  "target-status": async (context) => {
    await targetStatus(context);
    await targetStatus(context, API);
  },
  "verification-checks": (context, id) => verificationChecks(context, id),
  "verification-status": async (context) => {
    await verificationStatus(context);
    await verificationStatus(context, API);
  },
  "trace-position": (context) => tracePosition(context),
  "known-hosts": (context) => knownHosts(context),
  "waits-of": (context, id) => waitsOf(context, id),
  "variable-recipient": (context) => variableRecipient(context),
  "variables-of": async (context) => {
    await variablesOf(context, API);
    await variablesOf(context, { ...API, job: "daily" });
  },
};

/**
 * As many rows as there are targets or daemons, or targets and days that are asked for: reading them all is what is asked for. The table behind a view has a
 * line of its own in the plan.
 */
const SMALL = new Set([
  "tb_store_backup",
  "tb_trace_position",
  "tb_api_token",
  "tb_session",
  "tb_fraise_state",
  "tb_daemon",
  "tb_host",
  "tb_leader",
  "tb_lock",
  "tb_sweep",
  "tb_delivery_tally",
  "tb_deployment_tally",
  "tb_duration_tally",
  "s",
  "v_deployment_stats",
]);

/** Backups and checks of the store read whole tables anyway. */
const OF_WHOLE_TABLES = ["record-counts"];

describe("query plans", () => {
  it("covers every question", () => {
    const files = readdirSync(join(import.meta.dirname, "../../src/store/reads")).map((name) =>
      name.replace(/\.ts$/, ""),
    );
    expect([...Object.keys(QUESTIONS), ...OF_WHOLE_TABLES].toSorted()).toEqual(files.toSorted());
  });

  it("records a delivery by what indexes find, however long the history", async () => {
    const store = await freshStore();
    const first = delivery(revision("a"), { bodySha256: "bytes" });
    await store.deliveries.record([first]);
    const seen: { sql: string; parameters: readonly unknown[] }[] = [];
    const database = new Database(store.file);
    onTestFinished(() => void database.close());
    const db = new Kysely<Tables>({
      dialect: new SqliteDialect({ database }),
      log: ({ query }) => void seen.push(query),
    });
    const again = delivery(revision("a"), { deliveryId: first.deliveryId, bodySha256: "bytes" });
    await recordDeliveries({ db, host: "" }, [again, delivery(revision("b"))]);
    const asked = seen.filter(({ sql }) => /^(select|update)/.test(sql));
    expect(asked.length).toBeGreaterThan(5);
    for (const { sql, parameters } of asked) expect(fullScansOf(database, sql, parameters)).toEqual([]);
  });

  for (const [name, ask] of Object.entries(QUESTIONS)) {
    it(`answers ${name} from an index, however long the history`, async () => {
      const store = await freshStore();
      const [recorded] = await store.deliveries.record([delivery(revision("a"))]);
      const seen: { sql: string; parameters: readonly unknown[] }[] = [];
      const database = new Database(store.file);
      onTestFinished(() => void database.close());
      const db = new Kysely<Tables>({
        dialect: new SqliteDialect({ database }),
        log: ({ query }) => void seen.push(query),
      });
      await ask({ db, host: "" }, recorded?.decisions[0]?.deployment ?? "");
      expect(seen.length).toBeGreaterThan(0);
      // A question changes nothing: an update prepares for it.
      for (const { sql, parameters } of seen.filter((each) => !each.sql.startsWith("update"))) {
        expect(fullScansOf(database, sql, parameters), sql).toEqual([]);
      }
    });
  }
});

/** The lines of a statement's plan that read a whole table or sort it. */
function fullScansOf(database: Database.Database, sql: string, parameters: readonly unknown[]): readonly string[] {
  const plan = database.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
  // The rows of a co-routine are counted where it reads them.
  const made = new Set(
    plan.flatMap(({ detail }) => (/^CO-ROUTINE \w/.test(detail) ? [detail.replace("CO-ROUTINE", "SCAN")] : [])),
  );
  return plan.map(({ detail }) => detail).filter((detail) => !made.has(detail) && isFullScan(detail, sql));
}

/** A walk along an index that a LIMIT ends is no scan of the table; everything else called SCAN is, and so is a sort of it. */
function isFullScan(detail: string, sql: string): boolean {
  if (detail.includes("TEMP B-TREE") && !/tb_fraise_state|v_fraise_status/.test(sql)) return true;
  const scanned = /^SCAN (\w+)/.exec(detail)?.[1];
  if (scanned === undefined || SMALL.has(scanned)) return false;
  const isPartialIndex = /USING (COVERING )?INDEX (ux_deployment_running|ux_deployment_waiting)/.test(detail);
  // The newest N of everything: along the primary key, up to the limit.
  const isFirstPage = sql.includes("limit") && !sql.includes("where");
  // The newest N, and among them the ones that match: N is the bound.
  const isAmongNewest = /from \(select .* order by "\w+" desc limit \?\) as/.test(sql);
  return !isPartialIndex && !isFirstPage && !isAmongNewest;
}
