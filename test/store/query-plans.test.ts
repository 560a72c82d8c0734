import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { deliveryHistory } from "../../src/store/reads/delivery-history.ts";
import { deploymentDetail } from "../../src/store/reads/deployment-detail.ts";
import { deploymentHistory } from "../../src/store/reads/deployment-history.ts";
import { deploymentOutput } from "../../src/store/reads/deployment-output.ts";
import { backupHistory } from "../../src/store/reads/backup-history.ts";
import { daemons } from "../../src/store/reads/daemons.ts";
import { findDeployment } from "../../src/store/reads/find-deployment.ts";
import { migrationHistory } from "../../src/store/reads/migration-history.ts";
import { migrationStatus } from "../../src/store/reads/migration-status.ts";
import { queueState } from "../../src/store/reads/queue-state.ts";
import { replacedRevisions } from "../../src/store/reads/replaced-revisions.ts";
import { targetStatus } from "../../src/store/reads/target-status.ts";
import type { StoreContext } from "../../src/store/store-context.ts";
import type { Tables } from "../../src/store/tables.ts";
import { API, delivery, freshStore, revision } from "../helpers/store.ts";

/** Every question the store answers, asked in each way that changes its query. A new file in reads/ must add itself here. */
const QUESTIONS: Readonly<Record<string, (context: StoreContext, id: string) => Promise<unknown>>> = {
  "backup-history": async (context) => {
    await backupHistory(context, API, { limit: 20 });
    await backupHistory(context, API, { limit: 20, before: "z" });
  },
  daemons: (context) => daemons(context),
  "delivery-history": async (context) => {
    await deliveryHistory(context, { limit: 20 });
    await deliveryHistory(context, { limit: 20, before: "z" });
    await deliveryHistory(context, { limit: 20, decision: "refused" });
  },
  "deployment-detail": (context, id) => deploymentDetail(context, id),
  "deployment-history": async (context) => {
    await deploymentHistory(context, { limit: 20 });
    await deploymentHistory(context, { limit: 20, ...API, before: "z" });
    await deploymentHistory(context, { limit: 20, fraise: "api" });
    await deploymentHistory(context, { limit: 20, status: "failed" });
  },
  "deployment-output": (context, id) => deploymentOutput(context, id, 0, 100),
  "find-deployment": (context, id) => findDeployment(context, id.slice(0, 4)),
  "migration-history": async (context) => {
    await migrationHistory(context, API, { limit: 20 });
    await migrationHistory(context, API, { limit: 20, before: "z" });
  },
  "migration-status": (context) => migrationStatus(context, API),
  "queue-state": (context) => queueState(context),
  "replaced-revisions": (context, id) => replacedRevisions(context, id),
  "target-status": async (context) => {
    await targetStatus(context);
    await targetStatus(context, API);
  },
};

/** As many rows as there are targets or daemons: reading them all is what is asked for. */
const SMALL = new Set(["tb_fraise_state", "tb_daemon", "s"]);

describe("query plans", () => {
  it("covers every question", () => {
    const files = readdirSync(join(import.meta.dirname, "../../src/store/reads")).map((name) =>
      name.replace(/\.ts$/, ""),
    );
    expect(Object.keys(QUESTIONS).toSorted()).toEqual(files.toSorted());
  });

  for (const [name, ask] of Object.entries(QUESTIONS)) {
    it(`answers ${name} from an index, however long the history`, async () => {
      const store = await freshStore();
      const [recorded] = await store.recordDeliveries([delivery(revision("a"))]);
      const seen: { sql: string; parameters: readonly unknown[] }[] = [];
      const database = new Database(store.file);
      onTestFinished(() => void database.close());
      const db = new Kysely<Tables>({
        dialect: new SqliteDialect({ database }),
        log: ({ query }) => void seen.push(query),
      });
      await ask({ db }, recorded?.decisions[0]?.deployment ?? "");
      expect(seen.length).toBeGreaterThan(0);
      for (const { sql, parameters } of seen) {
        const plan = database.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
        const scans = plan.map(({ detail }) => detail).filter((detail) => isFullScan(detail, sql));
        expect(scans, `${sql}\n${plan.map(({ detail }) => detail).join("\n")}`).toEqual([]);
      }
    });
  }
});

/** A walk along an index that a LIMIT ends is no scan of the table; everything else called SCAN is, and so is a sort of it. */
function isFullScan(detail: string, sql: string): boolean {
  if (detail.includes("TEMP B-TREE") && !/tb_fraise_state|v_fraise_status/.test(sql)) return true;
  const scanned = /^SCAN (\w+)/.exec(detail)?.[1];
  if (scanned === undefined || SMALL.has(scanned)) return false;
  const isPartialIndex =
    /USING (COVERING )?INDEX (ix_deployment_queue|ux_deployment_running|ux_deployment_waiting)/.test(detail);
  // The newest N of everything: along the primary key, up to the limit.
  const isFirstPage = sql.includes("limit") && !sql.includes("where");
  return !isPartialIndex && !isFirstPage;
}
