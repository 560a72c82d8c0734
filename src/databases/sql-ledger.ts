import type { SqlDatabase } from "./clients/sql-client.ts";
import type { AppliedMigration } from "./migration-tool.ts";

const TABLE = "fraisier_migration";

interface Entry {
  readonly id: string;
  readonly sha256: string;
  readonly deployment: string;
}

/** Statements that keep the record of one migration. */
interface LedgerStatements {
  /** Applied: for the transaction of the migration itself. */
  readonly insert: string;
  /** Not applied any more. */
  readonly remove: string;
  /** Before and after what runs outside of a transaction. */
  readonly begin: string;
  readonly end: string;
  /** Before a way back outside of a transaction. */
  readonly doubt: string;
}

/** The record of applied migrations in the database itself. */
export interface Ledger {
  /** Oldest first; without the table, none. Changes nothing. */
  read(): Promise<readonly AppliedMigration[]>;
  /** Makes the table where there is none. */
  statements(entry: Entry): Promise<LedgerStatements>;
}

export function openLedger(database: SqlDatabase): Ledger {
  let table: string | undefined;
  const find = async (): Promise<string | undefined> => (table ??= await database.findTable(TABLE));
  return {
    async read() {
      const name = await find();
      if (name === undefined) return [];
      const rows = await database.query(`select id, sha256, deployment, state from ${name} order by sequence;`);
      return rows.map(([id = "", sha256 = "", deployment = "", state = ""]) => ({
        id,
        sha256,
        deployment,
        unfinished: state !== "applied",
      }));
    },

    async statements({ id, sha256, deployment }) {
      if ((await find()) === undefined) {
        await database.run({ sql: CREATE, transaction: true, timeoutMs: 60_000, what: `making the table ${TABLE}` });
      }
      // With its schema: a migration may change the search path.
      const name = (await find()) ?? TABLE;
      const key = `where id = ${text(id)};`;
      const insert = (state: string): string =>
        `insert into ${name} (sequence, id, sha256, deployment, state, applied_at)
         select coalesce(max(sequence), 0) + 1, ${text(id)}, ${text(sha256)}, ${text(deployment)}, ${text(state)}, current_timestamp from ${name};`;
      return {
        insert: insert("applied"),
        remove: `delete from ${name} ${key}`,
        begin: `delete from ${name} ${key} ${insert("applying")}`,
        end: `update ${name} set state = 'applied', applied_at = current_timestamp ${key}`,
        doubt: `update ${name} set state = 'reverting' ${key}`,
      };
    },
  };
}

const CREATE = `create table ${TABLE} (
  id varchar(160) not null primary key,
  sequence integer not null,
  sha256 varchar(64) not null,
  deployment varchar(40) not null,
  state varchar(10) not null check (state in ('applied', 'applying', 'reverting')),
  applied_at timestamp not null
);`;

/** Our own words only, and they hold no quotes: names of files, ids, digests. */
function text(value: string): string {
  if (!/^[\w.+-]*$/.test(value)) throw new Error(`not a word for SQL: ${value}`);
  return `'${value}'`;
}
