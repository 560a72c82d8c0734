import { it, onTestFinished } from "vitest";
import { ALEMBIC_PROJECT, hasAlembic } from "../helpers/alembic.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { stepVersion } from "../helpers/step-migrations.ts";
import { canHoldPrograms } from "./held-programs.ts";
import { expectNothingLost } from "./matrix.ts";
import { programMatrix } from "./program-matrix.ts";
import { isTurnOf } from "./sample.ts";

if (!hasAlembic) console.warn("NOT TESTED: deaths inside Alembic. They need Debian's alembic and python3-psycopg2");

const step = (version: number): string => `from alembic import op
revision = "step${version}"
down_revision = ${version === 1 ? "None" : `"step${version - 1}"`}
def upgrade():
    op.execute("create table step_${version} (a integer)")
def downgrade():
    op.execute("drop table step_${version}")
`;
it.runIf(canHoldPrograms && hasPostgres && hasAlembic && isTurnOf("alembic", ["mysql", "alembic"]))(
  "releases, with Alembic: whoever dies inside the migration tool",
  { timeout: 3_600_000 },
  async () => {
    const server = await startPostgres();
    onTestFinished(async () => await server.stop());
    const url = server.database("shop");
    const result = await programMatrix({
      name: "releases, inside alembic",
      sample: 1,
      environment: `database: { tool: alembic, command: [alembic], url: "\${SHOP_DATABASE}" }`,
      programs: () => ({ alembic: { path: "/usr/bin/alembic" } }),
      async prepare(scenario) {
        scenario.with({ SHOP_DATABASE: url, PYTHONDONTWRITEBYTECODE: "1" });
      },
      files: (version) => ({ ...ALEMBIC_PROJECT, [`db/versions/${version}.py`]: step(Number(version)) }),
      async check(_, version) {
        const [head = "0"] = server.query(url, "select version_num from alembic_version");
        const found = stepVersion({
          tables: server.query(url, "select tablename from pg_tables where tablename like 'step%'"),
          recorded: Array.from({ length: Number.parseInt(head.replace("step", ""), 10) }, (_, index) =>
            String(index + 1),
          ),
        });
        return found === String(version) ? undefined : `version ${version} is live, and its database is ${found}`;
      },
    });
    expectNothingLost(result);
  },
);
