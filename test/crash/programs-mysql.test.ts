import { it, onTestFinished } from "vitest";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import { stepMigration, stepVersion } from "../helpers/step-migrations.ts";
import { canHoldPrograms } from "./held-programs.ts";
import { expectNothingLost } from "./matrix.ts";
import { programMatrix } from "./program-matrix.ts";
import { isTurnOf } from "./sample.ts";

it.runIf(canHoldPrograms && hasMariadb && isTurnOf("mysql", ["mysql", "alembic"]))(
  "releases, with MariaDB: whoever dies inside mysql; half a migration waits for a person, and the hint mends it",
  { timeout: 3_600_000 },
  async () => {
    const server = await startMariadb();
    onTestFinished(async () => await server.stop());
    const url = server.database("shop");
    const query = (sql: string): readonly string[] => server.query("shop", sql);
    const result = await programMatrix({
      name: "releases, inside mysql",
      sample: 1,
      environment: `database: { tool: sql, url: "\${SHOP_DATABASE}" }`,
      programs: () => ({ mysql: { path: "/usr/bin/mysql" } }),
      async prepare(scenario) {
        scenario.with({ SHOP_DATABASE: url });
      },
      files: (version) => stepMigration(Number(version)),
      async check(_, version) {
        const found = stepVersion({
          tables: query("select table_name from information_schema.tables where table_name like 'step%'"),
          recorded: query("select id from fraisier_migration where state = 'applied'"),
        });
        return found === String(version) ? undefined : `version ${version} is live, and its database is ${found}`;
      },
      // DDL commits by itself there, so nobody can know how far a client came that died.
      async mend({ fraisier }, { reason }) {
        if (!reason.includes("began without a transaction and never ended")) return `rollback_failed: ${reason}`;
        for (const id of query("select id from fraisier_migration where state <> 'applied'")) {
          query(`drop table if exists step_${Number.parseInt(id, 10)}`);
          const { exitCode, stderr } = await fraisier(
            "migration",
            "mark-applied",
            "shop",
            id,
            "--target",
            "production",
            "--not",
          );
          if (exitCode !== 0) return `the hint does not mend it: ${stderr}`;
        }
        return undefined;
      },
    });
    expectNothingLost(result);
  },
);
