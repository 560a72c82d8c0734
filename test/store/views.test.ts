import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { sqliteViews } from "../../src/store/views/sqlite-views.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** Opens a store, which migrates it, and gives its views by name. */
async function viewsAfter(file: string, options?: Parameters<typeof openStore>[1]): Promise<Record<string, string>> {
  await (await openStore(`sqlite:${file}`, options)).close();
  const database = new Database(file, { readonly: true });
  const rows = database.prepare("select name, sql from sqlite_master where type = 'view'").all();
  database.close();
  return Object.fromEntries((rows as { name: string; sql: string }[]).map(({ name, sql }) => [name, sql]));
}

describe("the views of a store", () => {
  it("are the same in a new store and in one of each older version", async () => {
    const views = await viewsAfter(`${temporaryFolder()}/store.db`);
    expect(Object.keys(views).toSorted()).toEqual(sqliteViews.map(({ name }) => name).toSorted());
    for (let version = 1; version < sqliteMigrations.length; version++) {
      const file = `${temporaryFolder()}/store.db`;
      const older = await viewsAfter(file, { migrations: sqliteMigrations.slice(0, version), views: [] });
      expect(older).not.toEqual(views);
      expect(await viewsAfter(file)).toEqual(views);
    }
  });

  it("are made anew by a migration that does nothing else, and a view of a person stays", async () => {
    const file = `${temporaryFolder()}/store.db`;
    const before = await viewsAfter(file);
    const database = new Database(file);
    database.exec("create view v_dashboard as select count(*) from tb_deployment");
    database.close();
    const number = sqliteMigrations.length + 1;
    const after = await viewsAfter(file, {
      migrations: [...sqliteMigrations, { number, name: "another view", sql: "", writableFrom: 1 }],
      views: sqliteViews.map((view) =>
        view.name === "v_stuck_deployment" ? { ...view, sql: "select 1 as one" } : view,
      ),
    });
    expect(after).toEqual({
      ...before,
      v_stuck_deployment: "CREATE VIEW v_stuck_deployment as select 1 as one",
      v_dashboard: expect.stringContaining("count(*)"),
    });
  });

  it("change only together with a migration", () => {
    const hash = createHash("sha256").update(JSON.stringify(sqliteViews)).digest("hex").slice(0, 16);
    // If you changed a view: stores of this version keep the old one until a migration comes. Add one, an empty one if need be, and write the new hash here.
    expect({ version: sqliteMigrations.length, hash }).toEqual({ version: 15, hash: "815fb0db0272bc25" });
  });
});
