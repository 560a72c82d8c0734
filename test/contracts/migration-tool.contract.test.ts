import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { fields } from "../../src/config/keys/fields.ts";
import { Variables } from "../../src/config/file/variables.ts";
import { migrationTools } from "../../src/databases/index.ts";
import { forkedPython } from "../helpers/forked-python.ts";
import { djangoProject, linkPackages, migrationScene } from "../helpers/migrations.ts";
import type { MigrationScene } from "../helpers/migrations.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const PYTHON = "/usr/bin/python3";
const has = (...modules: readonly string[]): boolean =>
  spawnSync(PYTHON, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" }).status === 0;
// test/databases starts the same tools as programs of their own.
const python = await forkedPython([
  "alembic.config",
  "sqlalchemy.dialects.sqlite",
  "flask.cli",
  "flask_migrate",
  "flask_sqlalchemy",
  "django.core.management",
  "django.db.backends.sqlite3.base",
]);
afterAll(() => python.stop());

/** What the contract asks of each tool: two migrations that make the tables `a` and `b`, the first and the second. Each member has a line here. */
interface Member {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly names: readonly [string, string];
  /** A third one, which fails. */
  readonly broken: Readonly<Record<string, string>>;
  readonly prepare?: (scene: MigrationScene) => void;
}

const alembicFiles = (folder: string): Record<string, string> => {
  const revision = (id: string, down: string, up: string, back: string): string =>
    `from alembic import op\nrevision = "${id}"\ndown_revision = ${down}\ndef upgrade():\n    op.execute("${up}")\ndef downgrade():\n    op.execute("${back}")\n`;
  return {
    [`${folder}/env.py`]: `import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`,
    [`${folder}/script.py.mako`]: "",
    [`${folder}/versions/one.py`]: revision("aaa1", "None", "create table a (x integer)", "drop table a"),
    [`${folder}/versions/two.py`]: revision("bbb2", '"aaa1"', "create table b (x integer)", "drop table b"),
  };
};
const brokenRevision = `from alembic import op\nrevision = "ccc3"\ndown_revision = "bbb2"\ndef upgrade():\n    op.execute("select x from nowhere")\ndef downgrade():\n    pass\n`;
const djangoMigration = (before: string, operation: string): string =>
  `from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [${before}]\n    operations = [${operation}]\n`;
const djangoTable = (name: string): string =>
  `migrations.RunSQL("create table ${name} (x integer)", "drop table ${name}")`;

const members: Readonly<Record<string, Member>> = {
  sql: {
    files: {
      "migrations/1_a.sql": "-- migrate:up\ncreate table a (x integer);\n-- migrate:down\ndrop table a;\n",
      "migrations/2_b.sql": "-- migrate:up\ncreate table b (x integer);\n-- migrate:down\ndrop table b;\n",
    },
    names: ["1_a", "2_b"],
    broken: { "migrations/3_c.sql": "select x from nowhere;" },
  },
  command: {
    settings: { up: "sh migrate up", down: "sh migrate down", status: "sh migrate status" },
    files: {
      "a.sql": "create table a (x integer);",
      "b.sql": "create table b (x integer);",
      migrate: `db=\${DATABASE_URL#sqlite:}
case $1 in
  up) echo "$FRAISIER_MIGRATIONS" | while read -r name; do sqlite3 -bail "$db" < $name.sql || exit 1; done ;;
  down) for name in $FRAISIER_MIGRATIONS; do sqlite3 -bail "$db" "drop table $name"; done ;;
  status) for file in *.sql; do name=\${file%.sql}
    sqlite3 "$db" .tables | grep -qw "$name" && printf '+ '; echo "$name"; done ;;
esac
`,
    },
    names: ["a", "b"],
    broken: { "c.sql": "select x from nowhere;" },
  },
  ...(has("alembic", "sqlalchemy") && {
    alembic: {
      settings: { command: [...python.command, "-m", "alembic"], config: "db/alembic.ini" },
      files: { "db/alembic.ini": "[alembic]\nscript_location = %(here)s/scripts\n", ...alembicFiles("db/scripts") },
      names: ["aaa1", "bbb2"],
      broken: { "db/scripts/versions/three.py": brokenRevision },
    },
  }),
  ...(has("flask_migrate", "flask_sqlalchemy") && {
    flask_migrate: {
      settings: { command: [...python.command, "-m", "flask"] },
      files: {
        "app.py": `import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
Migrate(app, SQLAlchemy(app))
`,
        "migrations/alembic.ini": "[alembic]\n",
        ...alembicFiles("migrations"),
      },
      names: ["aaa1", "bbb2"],
      broken: { "migrations/versions/three.py": brokenRevision },
    },
  }),
  ...(has("django") && {
    django: {
      settings: { command: [...python.command, "manage.py"] },
      files: {
        ...djangoProject,
        "shop/migrations/0001_a.py": djangoMigration("", djangoTable("a")),
        "shop/migrations/0002_b.py": djangoMigration('("shop", "0001_a")', djangoTable("b")),
      },
      names: ["shop.0001_a", "shop.0002_b"],
      broken: {
        "shop/migrations/0003_c.py": djangoMigration(
          '("shop", "0002_b")',
          'migrations.RunSQL("select x from nowhere")',
        ),
      },
    },
  }),
  knex: {
    files: {
      "knexfile.js": `module.exports = { client: "better-sqlite3", useNullAsDefault: true,
        connection: { filename: process.env.DATABASE_URL.replace("sqlite:", "") }, migrations: { directory: "./migrations" } };`,
      "migrations/1_a.js": `exports.up = (k) => k.raw("create table a (x integer)"); exports.down = (k) => k.raw("drop table a");`,
      "migrations/2_b.js": `exports.up = (k) => k.raw("create table b (x integer)"); exports.down = (k) => k.raw("drop table b");`,
    },
    names: ["1_a.js", "2_b.js"] as const,
    broken: {
      "migrations/3_c.js": `exports.up = (k) => k.raw("select x from nowhere"); exports.down = () => {};`,
    },
    prepare: ({ folder }: MigrationScene) => linkPackages(folder),
  },
};

const untested = migrationTools.map(({ name }) => name).filter((name) => members[name] === undefined);
for (const name of untested) console.warn(`NOT TESTED: the migration tool ${name}: it is not installed here`);

describe("the list of migration tools", () => {
  it("has a member in this test for each that can be had here", () => {
    const optional = new Set(["alembic", "django", "flask_migrate", "confiture", "prisma"]);
    expect(untested.filter((name) => !optional.has(name))).toEqual([]);
  });
});

describe.each(Object.entries(members))("migration tool %s", (name, member) => {
  async function scene(): Promise<MigrationScene & { tables(): readonly string[] }> {
    const file = join(temporaryFolder(), "shop.db");
    const made = await migrationScene({ tool: name, ...member.settings }, `sqlite:///${file}`);
    chmodSync(made.folder, 0o755);
    made.files(member.files);
    member.prepare?.(made);
    return {
      ...made,
      tables: () =>
        !existsSync(file)
          ? []
          : execFileSync("sqlite3", [file, "select name from sqlite_master where name in ('a', 'b') order by name"], {
              encoding: "utf8",
            })
              .split("\n")
              .filter((line) => line !== ""),
    };
  }
  const [first, second] = member.names;

  it("accepts its own settings and nothing else", () => {
    const tool = migrationTools.find((each) => each.name === name);
    const shape = tool?.settings(fields(() => new Variables({}))) ?? {};
    expect(z.strictObject(shape).safeParse(member.settings ?? {}).success).toBe(true);
    expect(z.strictObject(shape).safeParse({ ...member.settings, brnach: 1 }).success).toBe(false);
  });

  it("lists, applies once, in order, and takes back the newest", async () => {
    const { migrator, states, tables, record } = await scene();
    expect(await states()).toEqual([`${first} pending`, `${second} pending`]);
    expect(tables()).toEqual([]);
    expect((await migrator().apply()).map(({ id }) => id)).toEqual([first, second]);
    expect(tables()).toEqual(["a", "b"]);
    expect(await states()).toEqual([`${first} applied`, `${second} applied`]);
    expect(await migrator().apply()).toEqual([]);
    const taken = await migrator().takeBack((found) => found.slice(-1));
    expect(taken.map(({ id }) => id)).toEqual([second]);
    expect(tables()).toEqual(["a"]);
    expect(await states()).toEqual([`${first} applied`, `${second} pending`]);
    await migrator().apply();
    expect(tables()).toEqual(["a", "b"]);
    expect(await record()).toEqual([`${first} success`, `${second} rolled_back`, `${second} success`]);
    await migrator().takeBack((found) => found);
    expect(tables()).toEqual([]);
  });

  it("marks exactly the one that is meant, or says that it cannot", async () => {
    const { migrator, states, tables } = await scene();
    await migrator().apply();
    /** Whether it was done. */
    const mark = async (id: string, applied: boolean): Promise<boolean> =>
      await migrator()
        .mark(id, applied)
        .then(
          () => true,
          (error: unknown) => {
            expect(String(error)).toMatch(/^StepFailed: /);
            return false;
          },
        );
    // A person says of a changed file that it does not matter, while later ones are applied.
    await mark(first, true);
    expect(await states()).toEqual([`${first} applied`, `${second} applied`]);
    const isOut = await mark(first, false);
    expect(await states()).toEqual([isOut ? `${first} pending late` : `${first} applied`, `${second} applied`]);
    if (isOut) await mark(first, true);
    if (await mark(second, false)) expect(await states()).toEqual([`${first} applied`, `${second} pending`]);
    await mark(second, true);
    expect(await states()).toEqual([`${first} applied`, `${second} applied`]);
    expect(tables()).toEqual(["a", "b"]);
  });

  it("says in the tool's own words why one failed, and records it", async () => {
    const { migrator, files, tables, record } = await scene();
    await migrator().apply();
    files(member.broken);
    const failure = await migrator()
      .apply()
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(String(failure)).toMatch(/StepFailed: .*nowhere/s);
    expect(tables()).toEqual(["a", "b"]);
    expect((await record()).slice(2)).toEqual([expect.stringMatching(/ failed$/)]);
  });
});
