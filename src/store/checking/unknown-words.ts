import { sql } from "kysely";
import { DECISIONS } from "../../domain/decision.ts";
import { NEXT_STATUSES } from "../../domain/deployment.ts";
import type { Trigger } from "../../domain/deployment.ts";
import { PHASES } from "../../domain/phase.ts";
import type { Tables } from "../tables.ts";
import { MOST_FINDINGS } from "./finding.ts";
import type { Finding, Rule } from "./finding.ts";

const phases = PHASES.map(({ name }) => name);
const TRIGGERS: Readonly<Record<Trigger, true>> = {
  delivery: true,
  person: true,
  schedule: true,
  rollback: true,
  sweep: true,
};

/** Columns whose words fraisier acts on; the tables themselves allow any text in most of them. */
const WORDS: readonly (readonly [table: keyof Tables, column: string, words: readonly string[]])[] = [
  ["tb_deployment", "status", Object.keys(NEXT_STATUSES)],
  ["tb_deployment", "phase", phases],
  ["tb_deployment", "trigger", Object.keys(TRIGGERS)],
  ["tb_deployment", "ref_kind", ["branch", "tag"]],
  ["tb_deployment_phase", "phase", phases],
  ["tb_deployment_step", "phase", phases],
  ["tb_webhook_event", "decision", DECISIONS],
  ["tb_webhook_decision", "decision", DECISIONS],
];

/** A row has only words that this program knows. */
export const unknownWords: Rule = async ({ db }) => {
  const findings: Finding[] = [];
  for (const [table, column, words] of WORDS) {
    const { rows } = await sql<{ word: string; count: number }>`
      select ${sql.id(column)} as word, count(*) as count from ${sql.id(table)}
      where ${sql.id(column)} is not null and ${sql.id(column)} not in (${sql.join(words)})
      group by ${sql.id(column)} limit ${sql.lit(MOST_FINDINGS)}`.execute(db);
    for (const { word, count } of rows)
      findings.push({
        table,
        row: `${column} = '${word.replaceAll("'", "''")}'`,
        problem: `${count} ${count === 1 ? "row has" : "rows have"} the ${column} "${word}", which this fraisier does not know`,
        remedy: `Another program wrote it. It should be one of: ${words.join(", ")}. Restore a backup, or correct the row while the daemon is stopped.`,
      });
  }
  return findings;
};
