import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { djangoProject, migrationScene } from "../helpers/migrations.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PYTHON = "/usr/bin/python3";
const hasDjango = spawnSync(PYTHON, ["-c", "import django"], { stdio: "ignore" }).status === 0;
if (!hasDjango) console.warn("NOT TESTED: Django's branches. It needs Debian's python3-django");

const migration = (table: string, ...before: readonly string[]): string =>
  `from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [${before.map((name) => `("shop", "${name}")`).join(", ")}]
    operations = [${table === "" ? "" : `migrations.RunSQL("create table ${table} (x integer)", "drop table ${table}")`}]
`;

describe.skipIf(!hasDjango)("Django's migrations in branches", () => {
  async function scene() {
    const file = join(temporaryFolder(), "shop.db");
    const made = await migrationScene({ tool: "django", command: [PYTHON, "manage.py"] }, `sqlite:///${file}`);
    chmodSync(made.folder, 0o755);
    made.files({
      ...djangoProject,
      "shop/migrations/0001_a.py": migration("a"),
      "shop/migrations/0002_b.py": migration("b", "0001_a"),
      "shop/migrations/0002_c.py": migration("c", "0001_a"),
      "shop/migrations/0003_d.py": migration("", "0002_b", "0002_c"),
    });
    return made;
  }
  const all = (state: string): readonly string[] =>
    ["shop.0001_a", "shop.0002_b", "shop.0002_c", "shop.0003_d"].map((id) => `${id} ${state}`);

  it("are taken back one by one, and never together with one that was not meant", async () => {
    const { migrator, states } = await scene();
    await migrator().apply();
    const only = (id: string) => migrator().takeBack((found) => found.filter(({ migration: each }) => each.id === id));
    await only("shop.0003_d");
    expect((await states()).toSorted()).toEqual([...all("applied").slice(0, 3), "shop.0003_d pending"]);
    await expect(only("shop.0002_b")).rejects.toThrow(
      "shop.0002_b could not be taken back: Django would take back others with it",
    );
    expect((await states()).toSorted()).toEqual([...all("applied").slice(0, 3), "shop.0003_d pending"]);
  });

  it("are marked one by one, and none is because of another", async () => {
    const { migrator, states } = await scene();
    await expect(migrator().mark("shop.0003_d", true)).rejects.toThrow("Django would mark others with it");
    expect((await states()).toSorted()).toEqual(all("pending"));
    await migrator().mark("shop.0001_a", true);
    expect((await states()).toSorted()).toEqual(["shop.0001_a applied", ...all("pending").slice(1)]);
  });
});
