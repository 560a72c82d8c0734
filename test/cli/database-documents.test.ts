import { expect, it } from "vitest";
import { backupRunJson } from "../../src/cli/databases/backup-facts.ts";
import { migrationRunJson } from "../../src/cli/databases/migration-facts.ts";
import { API, freshStore } from "../helpers/store.ts";

const NEVER = { deployment_id: null, error: "" };

it("migration history --json keeps the names of its keys and their order", async () => {
  const { databases } = await freshStore();
  const attempt = { migration: "1", tool: "sql", file: "1.sql", sha256: "ab", deployment: undefined, by: "ann" };
  await databases.beginMigration(API, { ...attempt, status: "applying" });
  const [run] = (await databases.migrationHistory(API, { limit: 1 })).map(migrationRunJson);
  expect(Object.keys(run ?? {}).join(" ")).toBe(
    "id fraise environment job migration tool file sha256 deployment_id status started_at applied_at applied_by execution_time_ms error",
  );
  expect(run).toMatchObject({ ...NEVER, ...API, applied_by: "ann", applied_at: null, execution_time_ms: null });
});

it("backup list --json keeps the names of the keys of a backup on record, and their order", async () => {
  const { databases } = await freshStore();
  const attempt = { id: "0", deployment: undefined, revision: "", engine: "sqlite", path: "/srv/0", by: "ann" };
  await databases.beginBackup(API, attempt);
  const [run] = (await databases.backupHistory(API, { limit: 1 })).map(backupRunJson);
  expect(Object.keys(run ?? {}).join(" ")).toBe(
    "id fraise environment job deployment_id revision engine path bytes manifest_sha256 status error started_at finished_at created_by",
  );
  expect(run).toMatchObject({ ...NEVER, ...API, created_by: "ann", bytes: null, finished_at: null });
});
