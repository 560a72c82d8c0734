import { relative } from "node:path";
import type { TargetKey } from "../domain/fraise.ts";
import { MigrationLockLost, ProgramKilled, StepFailed } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { openDatabase } from "./clients/index.ts";
import type { DatabaseLock } from "./clients/sql-client.ts";
import { lockMigrations } from "./migration-lock.ts";
import { compareMigrations } from "./migration-state.ts";
import type { MigrationState, RecordedMigration } from "./migration-state.ts";
import type { AppliedMigration, Migration, MigrationTool, ToolContext } from "./migration-tool.ts";
import { reconcileRecord } from "./reconcile-record.ts";
import { withinRelease } from "./within-release.ts";

export interface MigratorParts {
  readonly target: TargetKey;
  readonly tool: MigrationTool;
  readonly context: ToolContext;
  readonly appPath: string;
  readonly store: Pick<Store, "beginMigration" | "settleMigration" | "migrationStatus">;
  /** The person or deployment that asked for the migration. */
  readonly by: string;
  /** Errors on record quote what programs printed. */
  redact(text: string): string;
}

export interface ApplyOptions {
  /** Empties the database first. */
  readonly rebuild?: boolean;
  /** Up to this one, and no further. */
  readonly to?: string;
  /** Told what is about to be applied, before anything is. */
  before?(migrations: readonly Migration[]): Promise<void>;
}

/** The migrations of one target's database: what the release, the database and the record say, brought together. */
export interface Migrator {
  readonly tool: string;
  /** Changes nothing, not even the record. */
  states(): Promise<readonly MigrationState[]>;
  /** @throws StepFailed where `apply` would for what is there already. Changes nothing. */
  check(): Promise<void>;
  /** Applies what is pending, in order. Gives what it applied. */
  apply(options?: ApplyOptions): Promise<readonly Migration[]>;
  /** Takes these back, newest first; which, is asked once nobody else migrates. Stops at the first that has no way back. */
  takeBack(which: (states: readonly MigrationState[]) => readonly MigrationState[]): Promise<readonly Migration[]>;
  /** Puts one on record as applied, or not applied, and runs nothing. */
  mark(id: string, applied: boolean): Promise<void>;
}

export function createMigrator(parts: MigratorParts): Migrator {
  const { target, tool, store, by, appPath, redact } = parts;
  const context = withinRelease(parts.context);
  const { log, folder } = context;
  let migrations = tool.open(context);

  const look = async (settled: boolean): Promise<readonly MigrationState[]> => {
    const recorded: readonly RecordedMigration[] = await store.migrationStatus(target);
    return compareMigrations(await migrations.list(), await migrations.applied(settled), recorded);
  };
  const alone = async <Result>(
    work: (states: readonly MigrationState[], lock: DatabaseLock) => Promise<Result>,
  ): Promise<Result> => {
    await using lock = await lockMigrations(context, appPath, tool.needsUrl);
    const recorded: readonly RecordedMigration[] = await store.migrationStatus(target);
    await reconcileRecord(store, recorded, await migrations.applied(true), log);
    return await work(await look(false), lock);
  };
  const begin = async (migration: Migration, status: "applying" | "marked"): Promise<string> =>
    await store.beginMigration(target, {
      migration: migration.id,
      tool: tool.name,
      file: migration.file === undefined ? "" : relative(folder, migration.file),
      sha256: migration.sha256 ?? "",
      deployment: context.deployment === "" ? undefined : context.deployment,
      by,
      status,
    });
  /** Applies some as one act: on record before and after, and what the record says is what the database says. */
  const applyTogether = async (batch: readonly Migration[]): Promise<void> => {
    const rows = new Map<string, string>();
    for (const migration of batch) rows.set(migration.id, await begin(migration, "applying"));
    const start = context.host.clock.monotonicMs();
    const settle = async (failure: unknown): Promise<void> => {
      const durationMs = context.host.clock.monotonicMs() - start;
      const applied = await migrations.applied(failure !== undefined);
      for (const [id, row] of rows) {
        const isThere =
          applied === undefined
            ? failure === undefined
            : applied.some((each) => each.id === id && each.unfinished !== true);
        const error =
          failure === undefined
            ? "the tool reported no failure, and the database does not have it"
            : messageOf(failure);
        await store.settleMigration(row, {
          status: isThere ? "success" : "failed",
          durationMs,
          error: isThere ? "" : redact(error),
        });
        if (!isThere && failure === undefined)
          throw new StepFailed(`${id} was not applied: ${error}`, { hint: "Is a quote or a comment left open in it?" });
      }
    };
    try {
      await migrations.apply(batch);
    } catch (error) {
      await settle(error).catch((again: unknown) => log(`its end could not be looked up: ${messageOf(again)}`));
      throw error;
    }
    await settle(undefined);
    log(
      `applied ${batch.map(({ id }) => id).join(", ")} in ${Math.round(context.host.clock.monotonicMs() - start)} ms`,
    );
  };

  /** @throws StepFailed when the database says that a tool did more, or something else, than it was told to. */
  const onlyThese = (
    applied: readonly AppliedMigration[] | undefined,
    expected: ReadonlySet<string>,
    what: string,
  ): void => {
    if (applied === undefined) return;
    const there = new Set(applied.map(({ id }) => id));
    const changed = [...new Set([...expected, ...there])].filter((id) => expected.has(id) !== there.has(id));
    if (changed.length === 0) return;
    throw new StepFailed(`${what} went wrong: ${tool.name} changed what is applied of ${changed.join(", ")}`, {
      hint: "fraisier migration status says what is applied now; mend it with the tool itself.",
    });
  };

  return {
    tool: tool.name,
    states: () => look(false),

    async check() {
      const states = await look(false);
      // A migration that another process applies at this moment looks unfinished, too: only the holder of the lock can tell.
      refuseTrouble(states.filter(({ state }) => state !== "unfinished"));
      await migrations.check?.(states.filter(({ state }) => state === "pending").map(({ migration }) => migration));
    },

    apply: ({ rebuild = false, to, before } = {}) =>
      alone(async (found, lock) => {
        const states = rebuild ? found.filter(({ state }) => state !== "missing") : found;
        if (!rebuild) refuseTrouble(found);
        const pending = upTo(
          rebuild ? states : states.filter(({ state }) => state === "pending" || state === "unknown"),
          to,
        );
        const late = pending.filter(({ outOfOrder }) => outOfOrder && !rebuild);
        if (late.length > 0) log(`out of order, as later ones are applied already: ${names(late)}`);
        await migrations.check?.(pending.map(({ migration }) => migration));
        await before?.(pending.map(({ migration }) => migration));
        if (rebuild) {
          await empty(context);
          // It may know the emptied one.
          migrations = tool.open(context);
        }
        if (pending.length === 0) log("no migration is pending");
        const batches = tool.oneByOne ? pending.map((each) => [each]) : [pending].filter((each) => each.length > 0);
        for (const batch of batches) {
          checkLock(lock);
          await applyTogether(batch.map(({ migration }) => migration));
        }
        return pending.map(({ migration }) => migration);
      }),

    takeBack: (which) =>
      alone(async (states, lock) => {
        const chosen = which(states).toReversed();
        const known = appliedIn(states);
        for (const [index, { migration, recorded, state }] of chosen.entries()) {
          checkLock(lock);
          const left = chosen.slice(index);
          if (state === "unfinished") refuseTrouble(left);
          if (state === "missing") {
            throw new StepFailed(
              `${migration.id} cannot be taken back: this release does not know it, and ${stays(left)}`,
              {
                hint: "The release that applied it has its way back: deploy that revision first.",
              },
            );
          }
          if (migration.reversible === false) {
            throw new StepFailed(`${migration.id} cannot be taken back: it has no way back, and ${stays(left)}`, {
              hint: "Write what takes it back by hand, or restore a backup; then deploy again.",
            });
          }
          const row =
            recorded?.status === "success" || recorded?.status === "marked" || recorded?.status === "applying"
              ? recorded.id
              : await begin(migration, "marked");
          await store.settleMigration(row, { status: "rolling_back" });
          let there: readonly AppliedMigration[] | undefined;
          try {
            await migrations.revert(migration);
            there = await migrations.applied();
            if (there?.some(({ id }) => id === migration.id) === true)
              throw new StepFailed("its way back ran without an error, and the database has it still");
          } catch (error) {
            const message = messageOf(error);
            await store.settleMigration(row, { status: "success", error: redact(`not taken back: ${message}`) });
            const Failure = error instanceof ProgramKilled ? ProgramKilled : StepFailed;
            throw new Failure(`${migration.id} could not be taken back: ${message}; ${stays(left)}`, { cause: error });
          }
          await store.settleMigration(row, { status: "rolled_back", error: "" });
          log(`took back ${migration.id}`);
          known.delete(migration.id);
          onlyThese(there, known, `taking back ${migration.id}`);
        }
        return chosen.map(({ migration }) => migration);
      }),

    mark: (id, applied) =>
      alone(async (states) => {
        const found = states.find(({ migration }) => migration.id === id);
        if (found === undefined) {
          throw new StepFailed(`there is no migration ${id}`, { hint: `There are: ${names(states) || "none"}.` });
        }
        const known = appliedIn(states);
        if (applied) known.add(id);
        else known.delete(id);
        await migrations.mark(found.migration, applied);
        onlyThese(await migrations.applied(), known, `marking ${id}`);
        const row = await begin(found.migration, "marked");
        if (!applied) await store.settleMigration(row, { status: "rolled_back", error: "marked as not applied" });
      }),
  };
}

/** @throws StepFailed where going on would build on sand. */
function refuseTrouble(states: readonly MigrationState[]): void {
  const unfinished = states.filter(({ state }) => state === "unfinished");
  if (unfinished.length > 0) {
    throw new StepFailed(
      `${names(unfinished)} began without a transaction and never ended: any part of it may be in the database`,
      {
        hint: "Look, and bring it to one end by hand; then fraisier migration mark-applied TARGET NAME, with --not when nothing of it is there.",
      },
    );
  }
  const changed = states.filter(({ state }) => state === "changed");
  if (changed.length === 0) return;
  const each = changed.map(({ migration, applied, recorded }) => {
    const before = applied?.sha256 ?? recorded?.sha256 ?? "";
    return `${migration.file ?? migration.id} (SHA-256 ${before.slice(0, 12)} then, ${migration.sha256?.slice(0, 12) ?? ""} now)`;
  });
  throw new StepFailed(`changed after it was applied: ${each.join(", ")}`, {
    hint: "Put the file back as it was, and write a new migration; if the change does not matter: fraisier migration mark-applied TARGET NAME.",
  });
}

/** @throws StepFailed when there is no such one. */
function upTo(states: readonly MigrationState[], to: string | undefined): readonly MigrationState[] {
  if (to === undefined) return states;
  const last = states.findIndex(({ migration }) => migration.id === to);
  if (last >= 0) return states.slice(0, last + 1);
  throw new StepFailed(`${to} is not pending`, { hint: `Pending: ${names(states) || "none"}.` });
}

async function empty({ url, host, env, user, signal, timeoutMs, log }: ToolContext): Promise<void> {
  const database = openDatabase(url?.reveal(env) ?? "", { host, env, user, signal, name: "fraisier" });
  log(`emptying ${database.name}`);
  await database.empty(timeoutMs);
}

function checkLock(lock: DatabaseLock): void {
  if (lock.lost.aborted) {
    throw new MigrationLockLost("the lock on the database was lost: its connection ended", {
      hint: "Was the server restarted? Nothing was begun after that.",
    });
  }
}

function appliedIn(states: readonly MigrationState[]): Set<string> {
  return new Set(states.filter(({ applied }) => applied !== undefined).map(({ migration }) => migration.id));
}

function stays(left: readonly MigrationState[]): string {
  return `applied still: ${names(left.toReversed())}`;
}

function names(states: readonly MigrationState[]): string {
  return states.map(({ migration }) => migration.id).join(", ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
