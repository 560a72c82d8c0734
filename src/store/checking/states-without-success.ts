import { MOST_FINDINGS } from "./finding.ts";
import type { Rule } from "./finding.ts";

/** The release that is live on a target was brought there by a deployment on record, which succeeded, or failed and left the groups that work. */
export const statesWithoutSuccess: Rule = async ({ db }) => {
  const rows = await db
    .selectFrom("tb_fraise_state as state")
    .leftJoin("tb_deployment as deployment", "deployment.id", "state.deployment_id")
    .select(["state.fraise", "state.environment", "state.job", "state.deployment_id", "deployment.status"])
    .where("state.deployment_id", "is not", null)
    .where((where) =>
      where.or([where("deployment.status", "is", null), where("deployment.status", "not in", ["succeeded", "failed"])]),
    )
    .limit(MOST_FINDINGS)
    .execute();
  return rows.map(({ fraise, environment, job, deployment_id: id, status }) => {
    const target = [fraise, environment, job].filter(Boolean).join("/");
    return {
      table: "tb_fraise_state",
      row: target,
      problem:
        status === null
          ? `deployment ${id ?? ""}, which is on record as live, does not exist`
          : `deployment ${id ?? ""}, which is on record as live, is ${status}`,
      remedy: `Look what runs there, and deploy the revision that you want: fraisier deploy ${fraise} ${environment}${job === "" ? "" : ` --job ${job}`}`,
    };
  });
};
