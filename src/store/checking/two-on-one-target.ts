import { sql } from "kysely";
import { MOST_FINDINGS } from "./finding.ts";
import type { Finding, Rule } from "./finding.ts";

/** The columns that name the place of a deployment, as far as the store has them. */
const PLACE = ["fraise", "environment", "job", "host"];

/** A target has at most one deployment that runs, and one that waits. */
export const twoOnOneTarget: Rule = async ({ db, backend }) => {
  const tables = await backend.copying.tables(db);
  const columns = tables.find(({ name }) => name === "tb_deployment")?.columns ?? [];
  const place = PLACE.filter((wanted) => columns.some(({ name }) => name === wanted));
  const by = sql.join(place.map((name) => sql.id(name)));
  const findings: Finding[] = [];
  for (const [statuses, verb] of [
    [["running", "rolling_back"], "run"],
    [["queued"], "wait"],
  ] as const) {
    const { rows } = await sql<Readonly<Record<string, string | number>>>`
      select ${by}, min(id) as first, max(id) as last, count(*) as count from tb_deployment
      where status in (${sql.join(statuses)}) group by ${by} having count(*) > 1 limit ${sql.lit(MOST_FINDINGS)}`.execute(
      db,
    );
    for (const row of rows)
      findings.push({
        table: "tb_deployment",
        row: String(row["last"]),
        problem: `${row["count"]} deployments ${verb} at once on ${place
          .map((name) => row[name] ?? "")
          .filter(Boolean)
          .join("/")}, from ${row["first"]} on`,
        remedy: `Cancel all but the newest: fraisier cancel ${row["first"]}`,
      });
  }
  return findings;
};
