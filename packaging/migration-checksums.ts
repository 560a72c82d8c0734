import type { Plugin } from "rolldown";
import type { Migration } from "../src/store/backends/backend.ts";
import { checksum } from "../src/store/migrations/history.ts";
import { postgresMigrations } from "../src/store/migrations/postgres-migrations.ts";
import { sqliteMigrations } from "../src/store/migrations/sqlite-migrations.ts";

/** Each process that opens a store compares the checksums of all migrations. The bundle has them, so that no process computes them, or loads Node's cryptography for it. */
export function migrationChecksums(): Plugin {
  return {
    name: "migration-checksums",
    transform: {
      filter: { id: /\/src\/store\/migrations\/(?:sqlite|postgres)-migrations\.ts$/ },
      handler: (code, id) =>
        id.includes("/sqlite-") ? withChecksums(code, sqliteMigrations) : withChecksums(code, postgresMigrations),
    },
  };
}

function withChecksums(code: string, migrations: readonly Migration[]): string {
  let index = 0;
  const done = code.replaceAll(/(\{\s*)(number: \d+,)/g, (_, brace: string, number: string) => {
    const migration = migrations[index++];
    if (migration === undefined || number !== `number: ${migration.number},`)
      throw new Error("the migrations stand in the code in another form than this plugin knows");
    return `${brace}checksum: "${checksum(migration)}", ${number}`;
  });
  if (index !== migrations.length) throw new Error("the plugin found other migrations than there are");
  return done;
}
