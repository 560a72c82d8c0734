import type { Migration } from "../backends/backend.ts";

/** The version of a store that has all these migrations. */
export function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.number ?? 0;
}
