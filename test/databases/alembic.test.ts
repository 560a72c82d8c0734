import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALEMBIC_PROJECT, hasAlembic, PYTHON } from "../helpers/alembic.ts";
import { migrationScene } from "../helpers/migrations.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";

if (!hasAlembic) console.warn("NOT TESTED: Alembic on PostgreSQL. It needs Debian's alembic and python3-psycopg2");

const revision = (id: string, down: string, up: string, back: string): string =>
  `from alembic import op\nrevision = "${id}"\ndown_revision = ${down}\ndef upgrade():\n    op.execute("${up}")\ndef downgrade():\n    ${back}\n`;
const FILES = {
  ...ALEMBIC_PROJECT,
  "db/versions/1.py": revision("aaa1", "None", "create table a (x integer)", 'op.execute("drop table a")'),
  "db/versions/2.py": revision("bbb2", '"aaa1"', "create table b (x integer)", 'op.execute("drop table b")'),
  "db/versions/3.py": revision(
    "ccc3",
    '"bbb2"',
    "create table c (x integer)",
    'raise Exception("no way back from here")',
  ),
};

describe.skipIf(!hasPostgres || !hasAlembic)("Alembic on PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());
  const settings = { tool: "alembic", command: [PYTHON, "-m", "alembic"] };

  it("lets only one of two deployers migrate, by the database's own lock, and stops where there is no way back", async () => {
    const url = server.database("one");
    const { migrator, files, states, record, log } = await migrationScene(settings, url);
    files(FILES);
    const results = await Promise.all([
      migrator({ settings: { lock_timeout: 60_000 } }).apply(),
      migrator({ settings: { lock_timeout: 60_000 } }).apply(),
    ]);
    expect(results.map((each) => each.length).toSorted((a, b) => a - b)).toEqual([0, 3]);
    expect(await states()).toEqual(["aaa1 applied", "bbb2 applied", "ccc3 applied"]);
    expect(log.join("\n")).not.toContain("only deployments of this machine");
    await expect(migrator().takeBack((found) => found)).rejects.toThrow(
      /ccc3 could not be taken back: .*no way back from here.*applied still: aaa1, bbb2, ccc3/s,
    );
    expect(server.query(url, "select version_num from alembic_version")).toEqual(["ccc3"]);
    expect(await record()).toEqual(["aaa1 success", "bbb2 success", "ccc3 success"]);
  });

  it("empties the database and starts anew when told to rebuild", async () => {
    const url = server.database("two");
    const { migrator, files } = await migrationScene(settings, url);
    files(FILES);
    server.query(url, "create schema other; create table other.junk (x integer); create table a (y integer)");
    await migrator().apply({ rebuild: true });
    expect(server.query(url, "select column_name from information_schema.columns where table_name = 'a'")).toEqual([
      "x",
    ]);
    expect(server.query(url, "select to_regclass('other.junk') is null")).toEqual(["t"]);
  });
});
