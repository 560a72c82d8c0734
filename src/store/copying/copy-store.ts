import { sql } from "kysely";
import type { Kysely } from "kysely";
import { StoreUnavailable, UsageError } from "../../domain/errors.ts";
import { isPostgresUrl } from "../../domain/postgres-url.ts";
import { backendOf } from "../backend-of.ts";
import type { OpenBackend } from "../backends/backend.ts";
import { COPY_TABLE, HISTORY_TABLE } from "../copy-tables.ts";
import { checkHistory, readHistory } from "../migrations/history.ts";
import { newestOf } from "../migrations/newest-of.ts";
import type { Tables } from "../tables.ts";
import type { CopyOrigin } from "./copy-progress.ts";
import { countRows, fillTarget } from "./fill-target.ts";
import type { CopyProgress, StoreCopy } from "./fill-target.ts";

export interface StoreCopyOptions {
  readonly from: string;
  readonly to: string;
  /** Looks at both stores, and writes nothing. */
  readonly isDryRun: boolean;
  /** Called after each batch. */
  onProgress(progress: CopyProgress): void;
}

/**
 * Copies a store into an empty place of either engine. The source takes no writes meanwhile, and the target is no store before it is whole: each table was compared by
 * the hashes of its rows. A run that was killed is taken up by the next one.
 * @throws UsageError for a target that is not empty, StoreUnavailable if the source is in use or an engine does not do its part.
 */
export async function copyStore(options: StoreCopyOptions): Promise<StoreCopy> {
  const { from, to, isDryRun } = options;
  const isThere = isPostgresUrl(to) || (await backendOf(to).exists(to));
  const target = isDryRun && !isThere ? undefined : await backendOf(to).open(to, undefined);
  try {
    const found = target === undefined ? "nothing" : await usableContents(target).catch(ofTarget);
    const source = await backendOf(from).open(from, undefined);
    try {
      await refuseDamaged(source);
      return await source.db.transaction().execute(async (tx) => {
        await source.copying.holdStill(tx);
        await refuseRunning(source, tx);
        if (!isPostgresUrl(to)) await refuseSeveralHosts(source, tx);
        const origin = await originOf(source, tx);
        if (target === undefined || isDryRun) {
          if (target !== undefined && found === "nothing") await rehearse(target);
          const to = target?.name ?? options.to.replace(/^sqlite:/, "");
          return await planned({ source, tx, origin, to, isResumed: found !== "nothing" });
        }
        return await fillTarget({
          source,
          tx,
          origin,
          target,
          isResumed: found !== "nothing",
          onProgress: options.onProgress,
        });
      });
    } finally {
      await source.close();
    }
  } finally {
    await target?.close();
  }
}

/** The usual hints speak of the store that fraises.yaml names. */
function ofTarget(error: unknown): never {
  if (!(error instanceof StoreUnavailable)) throw error;
  throw new StoreUnavailable(error.message, {
    hint: `The place is the one after --to, and its password the one of --password-file. ${error.hint ?? ""}`,
    cause: error,
  });
}

type Usable = "nothing" | "part of a copy";

async function usableContents(target: OpenBackend): Promise<Usable> {
  const found = await target.contents(target.db);
  if (found === "nothing" || found === "part of a copy") return found;
  const holds = found === "a store" ? "a store" : "tables of another program";
  throw new UsageError(`${target.name} is not empty: it holds ${holds}`, {
    hint: "Name a place that is empty: a new database (createdb --owner fraisier --encoding UTF8 --template template0 <name>), or a file that does not exist. If it holds the copy that you made before, fraisier store check looks whether that one is whole.",
  });
}

async function refuseDamaged(source: OpenBackend): Promise<void> {
  const damages = await source.check();
  if (damages.length > 0)
    throw new StoreUnavailable(`the store ${source.name} is damaged, and is not copied: ${damages.join("; ")}`, {
      hint: "fraisier store check says what is wrong with it.",
    });
}

async function refuseRunning(source: OpenBackend, tx: Kysely<Tables>): Promise<void> {
  const running = await tx
    .selectFrom("tb_deployment")
    .select(["id", "fraise", "environment"])
    .where("status", "in", ["running", "rolling_back"])
    .orderBy("id")
    .execute();
  const [first] = running;
  if (first === undefined) return;
  throw new StoreUnavailable(
    `deployment ${first.id} of ${first.fraise}/${first.environment} runs, and the store ${source.name} is not copied meanwhile`,
    {
      hint: "Start the daemon if it does not run (systemctl start fraisier), wait until fraisier status shows that the deployment has ended, or cancel it. Then stop the daemon, and try again.",
    },
  );
}

/** A store in a file serves one host. */
async function refuseSeveralHosts(source: OpenBackend, tx: Kysely<Tables>): Promise<void> {
  const rows = await tx.selectFrom("tb_fraise_state").select("host").distinct().execute();
  const hosts = rows.flatMap(({ host }) => (host === "" ? [] : [host])).toSorted();
  if (hosts.length < 2) return;
  throw new UsageError(`targets of ${source.name} live on ${hosts.join(", ")}, and a store in a file serves one host`, {
    hint: "Copy it to another database on a server.",
  });
}

async function originOf(source: OpenBackend, tx: Kysely<Tables>): Promise<CopyOrigin> {
  const applied = await readHistory(source, tx);
  checkHistory(source, applied);
  const version = applied.at(-1)?.number ?? 0;
  if (version !== newestOf(source.migrations))
    throw new StoreUnavailable(
      `the store ${source.name} is at version ${version}, and this fraisier copies version ${newestOf(source.migrations)}`,
      { hint: "Copy it with the fraisier that works with it." },
    );
  const { rows } = await sql<{ made: string }>`
    select min(applied_at) as made from ${sql.id(HISTORY_TABLE)}`.execute(tx);
  return { version, made: rows[0]?.made ?? "" };
}

/** Makes a table and takes it back: the rights that a copy needs are there. */
async function rehearse(target: OpenBackend): Promise<void> {
  const done = new Error("rehearsed");
  await target.db
    .transaction()
    .execute(async (tx) => {
      await sql`create table ${sql.id(COPY_TABLE)} (item text primary key)`.execute(tx);
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
}

interface Planning {
  readonly source: OpenBackend;
  readonly tx: Kysely<Tables>;
  readonly origin: CopyOrigin;
  readonly to: string;
  readonly isResumed: boolean;
}

async function planned({ source, tx, origin, to, isResumed }: Planning): Promise<StoreCopy> {
  const tables: StoreCopy["tables"][number][] = [];
  for (const { name } of await source.copying.tables(tx))
    tables.push({ table: name, rows: await countRows(tx, name), sha256: undefined, replaced: 0 });
  return { from: source.name, to, isResumed, version: origin.version, tables, leftOut: [] };
}
