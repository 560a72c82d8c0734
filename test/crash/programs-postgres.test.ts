import { it, onTestFinished } from "vitest";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { stepMigration, stepVersion } from "../helpers/step-migrations.ts";
import { canHoldPrograms } from "./held-programs.ts";
import { expectNothingLost } from "./matrix.ts";
import { programMatrix } from "./program-matrix.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";

it.runIf(canHoldPrograms && hasPostgres)(
  "releases, with PostgreSQL: whoever dies inside psql or pg_dump",
  { timeout: 3_600_000 },
  async () => {
    const server = await startPostgres();
    onTestFinished(async () => await server.stop());
    const url = server.database("shop");
    const result = await programMatrix({
      name: "releases, inside psql and pg_dump",
      sample: 3,
      environment: `database: { tool: sql, url: "\${SHOP_DATABASE}", backup: { keep: 2 } }`,
      programs: () => ({ psql: { path: `${PROGRAMS}/psql` }, pg_dump: { path: `${PROGRAMS}/pg_dump` } }),
      async prepare(scenario) {
        scenario.with({ SHOP_DATABASE: url });
      },
      files: (version) => stepMigration(Number(version)),
      async check(_, version) {
        const found = stepVersion({
          tables: server.query(url, "select tablename from pg_tables where tablename like 'step%'"),
          recorded: server.query(url, "select id from fraisier_migration where state = 'applied'"),
        });
        return found === String(version) ? undefined : `version ${version} is live, and its database is ${found}`;
      },
    });
    expectNothingLost(result);
  },
);
