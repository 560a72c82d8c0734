import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSettings } from "../../src/config/keys/database-settings.ts";
import { migratorOf } from "../../src/databases/index.ts";
import type { Migrator } from "../../src/databases/migrator.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import { localHost } from "../../src/host/local-host.ts";
import type { Store } from "../../src/store/store.ts";
import { API, freshStore } from "./store.ts";
import { temporaryFolder } from "./temporary.ts";

/** A release folder with migrations, a real store, and the migrator of one database. */
export interface MigrationScene {
  readonly folder: string;
  readonly store: Store;
  readonly log: string[];
  /** Writes files of the release; null removes one. */
  files(files: Readonly<Record<string, string | null>>): void;
  migrator(more?: {
    deployment?: string;
    signal?: AbortSignal;
    settings?: Partial<DatabaseSettings>;
    target?: TargetKey;
  }): Migrator;
  /** `id state` of each migration. */
  states(): Promise<readonly string[]>;
  /** `migration status` of what is on record, oldest first. */
  record(): Promise<readonly string[]>;
}

export async function migrationScene(
  settings: Partial<Omit<DatabaseSettings, "url">> & { readonly tool: string },
  url: string | undefined,
): Promise<MigrationScene> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const store = await freshStore();
  const log: string[] = [];
  // Debian's psql is a script that looks for the real one, and slow.
  const path = `/usr/lib/postgresql/15/bin:${process.env["PATH"] ?? ""}`;
  const env = Object.fromEntries(
    Object.entries({ ...process.env, PATH: path }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const scene: MigrationScene = {
    folder,
    store,
    log,
    files(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        if (text === null) rmSync(path);
        else writeFileSync(path, text);
      }
    },
    migrator({ deployment = "", signal = new AbortController().signal, settings: more = {}, target = API } = {}) {
      const database: DatabaseSettings = {
        migrations: undefined,
        strategy: "apply",
        allow_rebuild_in_production: false,
        timeout: undefined,
        lock_timeout: 5_000,
        user: undefined,
        ...settings,
        url: url === undefined ? undefined : { reveal: () => url },
        ...more,
      };
      const found = migratorOf({
        target: { ...target, settings: { database, user: undefined, timeout: 60_000, app_path: folder } },
        folder,
        host: localHost(),
        commands: localHost().processes,
        env,
        signal,
        deployment,
        by: "ann",
        store,
        redact: (text) => text,
        log: (line) => void log.push(line),
      });
      if (found === undefined) throw new Error("there are settings, so there is a migrator");
      return found;
    },
    states: async () =>
      (await scene.migrator().states()).map(({ migration, state, outOfOrder }) =>
        [migration.id, state, ...(outOfOrder ? ["late"] : [])].join(" "),
      ),
    record: async () =>
      (await store.databases.migrationHistory(API, { limit: 100 }))
        .toReversed()
        .map(({ migration, status }) => `${migration} ${status}`),
  };
  return scene;
}

/** A project of Django with the app `shop`, to which migrations are added: `shop/migrations/0001_a.py`. */
export const djangoProject: Readonly<Record<string, string>> = {
  "manage.py": `import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
`,
  "settings.py": `import os
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE_URL"].replace("sqlite:", "")}}
`,
  "shop/__init__.py": "",
  "shop/migrations/__init__.py": "",
};

/** Puts our own node_modules into a release, as `npm install` would for its own: Knex and the drivers of databases are in there. */
export function linkPackages(folder: string): void {
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
}
