import { CompiledQuery } from "kysely";
import type { DatabaseConnection, Kysely } from "kysely";
import type { StoreUnavailable } from "../../domain/errors.ts";
import type { Tables } from "../tables.ts";
import type { StoreVersion } from "./backend.ts";
import type { PostgresGate } from "./postgres-dialect.ts";
import { codeOf, isUnreachable } from "./postgres-errors.ts";
import type { ServerWatch } from "./postgres-watch.ts";

interface GateParts {
  readonly isPooled: boolean;
  readonly patienceMs: () => number;
  readonly server: ServerWatch;
  explained(error: unknown): StoreUnavailable | undefined;
}

/** Refuses the writes of one open store once the store is newer than the program. Each transaction asks for one number. */
export interface VersionGate extends PostgresGate {
  version(): StoreVersion;
  readVersion(db: Kysely<Tables>): Promise<StoreVersion>;
  guard(guard: () => void): void;
  refuse(error: Error): void;
}

export function createPostgresGate({ isPooled, patienceMs, server, explained }: GateParts): VersionGate {
  let known: StoreVersion = { number: 0, writableFrom: 0, program: "" };
  let guard: (() => void) | undefined;
  let passed: number | undefined;
  let refusal: Error | undefined;
  return {
    isPooled,
    patienceMs,
    version: () => known,
    async readVersion(db) {
      known = await versionOf(db);
      return known;
    },
    guard(wanted) {
      guard = wanted;
      passed = undefined;
    },
    refuse(error) {
      refusal = error;
    },
    async begun(connection) {
      if (guard === undefined) return;
      const number = await newestNumber(connection);
      if (number === passed) return;
      if (number !== known.number) known = await versionOf(connection);
      guard();
      passed = number;
    },
    refusal: () => refusal,
    succeeded: () => server.found(),
    explain(error) {
      if (refusal !== undefined && codeOf(error) === "25006") return refusal;
      const found = explained(error);
      if (found !== undefined && isUnreachable(error)) server.failed(found);
      return found ?? error;
    },
  };
}

async function newestNumber(connection: DatabaseConnection): Promise<number> {
  const { rows } = await connection.executeQuery<{ number: number | null }>(
    CompiledQuery.raw("select max(number) as number from tb_store_migration"),
  );
  return rows[0]?.number ?? 0;
}

interface VersionRow {
  readonly number: number;
  readonly program: string;
  readonly writable: number;
}

async function versionOf(asked: Kysely<Tables> | DatabaseConnection): Promise<StoreVersion> {
  const query: CompiledQuery<VersionRow> = CompiledQuery.raw(
    "select number, program, max(writable_from) over () as writable from tb_store_migration order by number desc limit 1",
  );
  const { rows } = await asked.executeQuery<VersionRow>(query);
  const [row] = rows;
  return { number: row?.number ?? 0, writableFrom: row?.writable ?? 0, program: row?.program ?? "" };
}
