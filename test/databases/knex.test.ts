import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkPackages, migrationScene } from "../helpers/migrations.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";

const table = (name: string): string =>
  `exports.up = (k) => k.schema.createTable("${name}", (t) => void t.integer("x")); exports.down = (k) => k.schema.dropTable("${name}");`;
const FILES = {
  "knexfile.js": `const url = new URL(process.env.DATABASE_URL);
module.exports = { client: "pg", migrations: { directory: "./migrations" }, connection: { host: url.searchParams.get("host"),
  user: url.username, password: decodeURIComponent(url.password), database: url.pathname.slice(1) } };`,
  "migrations/20260101_a.js": table("a"),
  "migrations/20260102_b.js": table("b"),
};

describe.skipIf(!hasPostgres)("Knex on PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("applies what is pending, takes exactly one back, and says in its own words why one failed", async () => {
    const url = server.database("shop");
    const { migrator, files, folder, states, record } = await migrationScene({ tool: "knex" }, url);
    files(FILES);
    linkPackages(folder);
    const tables = (): readonly string[] =>
      server.query(url, "select tablename from pg_tables where tablename in ('a', 'b', 'c') order by 1");
    expect((await migrator().apply()).map(({ id }) => id)).toEqual(["20260101_a.js", "20260102_b.js"]);
    expect(tables()).toEqual(["a", "b"]);
    await migrator().takeBack((found) => found.slice(0, 1));
    expect(tables()).toEqual(["b"]);
    expect(await states()).toEqual(["20260101_a.js pending late", "20260102_b.js applied"]);
    await migrator().apply();
    // PostgreSQL takes back what a migration did before it failed.
    files({
      "migrations/20260103_c.js": `exports.up = async (k) => { await k.raw("create table c (x integer)"); await k.raw("select x from nowhere"); }; exports.down = () => {};`,
    });
    await expect(migrator().apply()).rejects.toThrow(/relation "nowhere" does not exist/);
    expect(tables()).toEqual(["a", "b"]);
    expect(await record()).toContain("20260103_c.js failed");
    expect(server.query(url, "select name from knex_migrations order by name")).toEqual([
      "20260101_a.js",
      "20260102_b.js",
    ]);
  });
});
