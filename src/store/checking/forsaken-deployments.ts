import { MOST_FINDINGS } from "./finding.ts";
import type { Rule } from "./finding.ts";

/** A living daemon takes a deployment up within seconds after its runner died. */
const LONG_MS = 10 * 60_000;

/** A deployment that runs has a runner, whose lease is in force. */
export const forsakenDeployments: Rule = async ({ db }) => {
  const before = new Date(Date.now() - LONG_MS).toISOString();
  const rows = await db
    .selectFrom("tb_deployment")
    .select(["id", "fraise", "environment", "status", "lease_expires_at", "phase_changed_at", "queued_at"])
    .where("status", "in", ["running", "rolling_back"])
    .where((where) =>
      where.or([
        where("lease_expires_at", "<", before),
        where.and([
          where("lease_expires_at", "is", null),
          where(where.fn.coalesce("phase_changed_at", "started_at", "queued_at"), "<", before),
        ]),
      ]),
    )
    .orderBy("id")
    .limit(MOST_FINDINGS)
    .execute();
  return rows.map((row) => ({
    table: "tb_deployment",
    row: row.id,
    problem: `the deployment of ${row.fraise}/${row.environment} is ${row.status}, and has had no runner since ${row.lease_expires_at ?? row.phase_changed_at ?? row.queued_at}`,
    remedy: `Start the daemon, which takes it up: sudo systemctl start fraisier. If the target is gone from fraises.yaml: fraisier cancel ${row.id}`,
  }));
};
