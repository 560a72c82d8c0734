import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import type Database from "better-sqlite3";
import { makeFile } from "./sqlite-file.ts";

/** Copies what this connection still has open into `copy`, in small pieces, so that other work gets its turn. A copy that is there already stays. */
export async function saveLost(database: Database.Database, copy: string): Promise<string> {
  if (existsSync(copy)) return copy;
  const part = `${copy}.part-${process.pid}`;
  try {
    rmSync(part, { force: true });
    makeFile(part, 0o640);
    await database.backup(part);
    chmodSync(part, 0o640);
    renameSync(part, copy);
    return copy;
  } finally {
    for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${part}${suffix}`, { force: true });
  }
}
