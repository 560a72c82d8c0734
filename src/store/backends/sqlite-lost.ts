import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { StoreUnavailable } from "../../domain/errors.ts";
import type { OpenFile } from "../../domain/open-file.ts";
import { newestId } from "../reads/newest-id.ts";
import type { Tables } from "../tables.ts";
import { syncFile } from "./sqlite-file.ts";
import { savedCopyOf, unavailable } from "./sqlite-unwell.ts";

/** A store that a process has open, and of which a file is not at its path any more. */
export interface LostStore {
  readonly main: OpenFile;
  /** Its write-ahead log, if it is open. */
  readonly log: OpenFile | undefined;
  /** Whether the log is still at its path. */
  readonly isLogInPlace: boolean;
  /** Whether only the store itself was moved: the process goes on as soon as it is back at its path. */
  readonly isOnlyMoved: boolean;
}

/** The stores that processes have lost, by what they have open. */
export function lostStores(file: string, opened: readonly OpenFile[]): readonly LostStore[] {
  const isInPlace = (each: OpenFile, path: string): boolean => identityAt(path) === identityOf(each);
  const lost: LostStore[] = [];
  for (const pid of new Set(opened.map((each) => each.pid))) {
    const files = opened.filter((each) => each.pid === pid);
    const [log, memory] = ["-wal", "-shm"].map((suffix) => files.find(({ lastPath }) => lastPath === file + suffix));
    // Under another name, only a process that has the log of this store open can be known to use it.
    const main = files.find(
      (each) =>
        (each.lastPath === file || log !== undefined) &&
        !/-(?:wal|shm)$/.test(each.lastPath) &&
        isDatabase(each.through),
    );
    if (main === undefined) continue;
    const isLogInPlace = log !== undefined && isInPlace(log, `${file}-wal`);
    const areOthersInPlace = isLogInPlace && (memory === undefined || isInPlace(memory, `${file}-shm`));
    if (isInPlace(main, file) && (areOthersInPlace || log === undefined)) continue;
    const isOnlyMoved = areOthersInPlace && main.path !== undefined && !isInPlace(main, file);
    lost.push({ main, log, isLogInPlace, isOnlyMoved });
  }
  return lost;
}

/** How the store at the place compares with another one. */
export interface Comparison {
  /** Whether the file is a store of fraisier at all. */
  readonly isStore: boolean;
  /** Whether it has the newest record of the other store: then it is that store at the same time or later. */
  readonly hasOther: boolean;
  /** Whether the other store has its newest record. */
  readonly isInOther: boolean;
}

/**
 * Compares what lies at the store's place with a saved copy, or with what a process has open. Neither is written to: SQLite would apply a log that belongs to
 * another store.
 * @param hasOwnLog the log at the store's place belongs to the store that is there now.
 */
export async function compareStores(file: string, other: string | LostStore, hasOwnLog: boolean): Promise<Comparison> {
  const probes = ["probe", "saved-0.part"].map((kind) => `${file}.${kind}-${process.pid}`);
  const [mine = "", second = ""] = probes;
  const theirs = typeof other === "string" ? other : second;
  try {
    copy(file, mine);
    if (hasOwnLog && existsSync(`${file}-wal`)) copy(`${file}-wal`, `${mine}-wal`);
    if (typeof other !== "string") copyOpened(other, theirs);
    return await comparison(mine, theirs);
  } finally {
    for (const path of [mine, theirs])
      for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    for (const path of probes) rmSync(path, { force: true });
  }
}

/** Compares two files that nobody else has open. */
async function comparison(mine: string, theirs: string): Promise<Comparison> {
  const [here, there] = [await newestIn(mine), await newestIn(theirs)];
  if (here === undefined) return { isStore: false, hasOther: false, isInOther: false };
  return {
    isStore: true,
    hasOther: there?.newest === undefined || (await hasRecord(mine, there.newest)),
    isInOther: there !== undefined && (here.newest === undefined || (await hasRecord(theirs, here.newest))),
  };
}

/** @throws StoreUnavailable */
function copyOpened({ main, log }: LostStore, to: string): void {
  copy(main.through, to);
  // Everything that was committed lately is in the log alone.
  if (log !== undefined) copy(log.through, `${to}-wal`);
}

function copy(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    const known = unavailable(error, to, () => undefined);
    throw known ?? new StoreUnavailable(`${from} cannot be copied: ${(error as Error).message}`, { cause: error });
  }
}

/** The newest record of a store; undefined if the file is no store of fraisier. */
async function newestIn(path: string): Promise<{ readonly newest: string | undefined } | undefined> {
  return await reading(path, async (db) => ({ newest: await newestId({ db }) }));
}

async function hasRecord(path: string, id: string): Promise<boolean> {
  const has = await reading(path, async (db) => {
    for (const table of ["tb_deployment", "tb_webhook_event"] as const)
      if ((await db.selectFrom(table).select("id").where("id", "=", id).executeTakeFirst()) !== undefined) return true;
    return false;
  });
  return has === true;
}

/** Makes a saved copy of a store that a process has open. @throws StoreUnavailable if what is open is damaged */
export function saveOpened(file: string, lost: LostStore): string {
  const { main } = lost;
  const saved = savedCopyOf(file, main.inode);
  if (existsSync(saved)) return saved;
  const part = `${saved}.part-${process.pid}`;
  if (!existsSync(dirname(file))) mkdirSync(dirname(file), { mode: 0o750 });
  try {
    copyOpened(lost, part);
    const database = new Database(part, { timeout: 1_000 });
    try {
      database.pragma("wal_checkpoint(TRUNCATE)");
      const answer = database.pragma("integrity_check(1)", { simple: true });
      if (answer !== "ok")
        throw new StoreUnavailable(
          `the files of the store ${file} that process ${main.pid} has open are damaged: ${String(answer)}`,
          {
            hint: "fraisier store restore <archive> brings a backup back.",
          },
        );
    } finally {
      database.close();
    }
    chmodSync(part, 0o640);
    syncFile(part);
    renameSync(part, saved);
    syncFile(dirname(file));
    return saved;
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${part}${suffix}`, { force: true });
  }
}

/** The owner of the log at the store's place: the file that is brought back, a lost one (a saved copy has all of it), or the file that is there. */
export type LogOwner = "brought back" | "lost" | "there";

/**
 * Puts a saved copy, or the store itself under the name that it has now, at the store's place. A store that is there is renamed to
 * `<file>.replaced-<time>`. If it is killed in between, the store is missing and the copy is still there, so that it can be called again.
 */
export function bringStoreBack(file: string, from: string, log: LogOwner, now: Date): void {
  const aside = `${file}.replaced-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const isStore = existsSync(file) && statSync(file).size > 0;
  const move = (suffix: string, isKept: boolean): void => {
    if (!existsSync(`${file}${suffix}`)) return;
    if (isKept) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
    else rmSync(`${file}${suffix}`);
  };
  move("", isStore);
  if (log !== "brought back") for (const suffix of ["-wal", "-shm"]) move(suffix, isStore && log === "there");
  renameSync(from, file);
  syncFile(dirname(file));
}

async function reading<Answer>(
  path: string,
  ask: (db: Kysely<Tables>) => Promise<Answer>,
): Promise<Answer | undefined> {
  const database = new Database(path, { timeout: 5_000 });
  try {
    if (database.prepare("select 1 from sqlite_master where name = 'tb_store_migration'").get() === undefined)
      return undefined;
    return await ask(new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }));
  } catch (error) {
    if (/^SQLITE_(?:NOTADB|CORRUPT)/.test(String((error as { code?: unknown }).code))) return undefined;
    throw error;
  } finally {
    database.close();
  }
}

function isDatabase(path: string): boolean {
  try {
    const descriptor = openSync(path, "r");
    const start = Buffer.alloc(16);
    try {
      return readSync(descriptor, start, 0, 16, 0) === 16 && start.toString("latin1") === "SQLite format 3\0";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The process has closed the file meanwhile.
    return false;
  }
}

function identityAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}-${found.ino}`;
}

function identityOf({ device, inode }: OpenFile): string {
  return `${device}-${inode}`;
}
