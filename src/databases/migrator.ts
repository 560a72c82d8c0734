import { StepFailed } from "../domain/errors.ts";
import { applyMigrations } from "./apply-migrations.ts";
import { openDatabase } from "./clients/index.ts";
import { lockMigrations } from "./migration-lock.ts";
import { openMigrationRecord } from "./migration-record.ts";
import type { LockedMigrations, RecordParts } from "./migration-record.ts";
import { appliedIn, compareMigrations, idsOf } from "./migration-state.ts";
import type { MigrationState } from "./migration-state.ts";
import type { Migration, MigrationTool, ToolContext } from "./migration-tool.ts";
import { reconcileRecord } from "./reconcile-record.ts";
import { refuseOtherChanges, refuseTrouble } from "./refuse-trouble.ts";
import { takeBackMigrations } from "./take-back-migrations.ts";
import { withinRelease } from "./within-release.ts";

export interface MigratorParts extends RecordParts {
  readonly tool: MigrationTool;
  readonly context: ToolContext;
  readonly appPath: string;
}

interface ApplyOptions {
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
  const { tool, appPath } = parts;
  const context = withinRelease(parts.context);
  const record = openMigrationRecord({ ...parts, context });
  let migrations = tool.open(context);

  const look = async (): Promise<readonly MigrationState[]> => {
    const recorded = await record.read();
    return compareMigrations(await migrations.list(), await migrations.applied(false), recorded);
  };
  const alone = async <Result>(
    work: (states: readonly MigrationState[], locked: LockedMigrations) => Promise<Result>,
  ): Promise<Result> => {
    await using lock = await lockMigrations(context, appPath, tool.needsUrl);
    const recorded = await record.read();
    await reconcileRecord(record, recorded, await migrations.applied(true), context.log);
    return await work(await look(), { tool, migrations, record, lock, context });
  };

  return {
    tool: tool.name,
    states: look,

    async check() {
      const states = await look();
      // A migration that another process applies at this moment looks unfinished, too: only the holder of the lock can tell.
      refuseTrouble(states.filter(({ state }) => state !== "unfinished"));
      await migrations.check?.(states.filter(({ state }) => state === "pending").map(({ migration }) => migration));
    },

    apply: ({ rebuild = false, to, before } = {}) =>
      alone(async (states, locked) => {
        const chosen = upTo(rebuild ? allOf(states) : pendingOf(states), to);
        if (!rebuild) tellLate(chosen, context.log);
        const pending = chosen.map(({ migration }) => migration);
        await migrations.check?.(pending);
        await before?.(pending);
        if (rebuild) {
          await empty(context);
          // It may know the emptied one.
          migrations = tool.open(context);
        }
        if (pending.length === 0) context.log("no migration is pending");
        await applyMigrations(pending, { ...locked, migrations });
        return pending;
      }),

    takeBack: (which) =>
      alone(async (states, locked) => {
        const chosen = which(states).toReversed();
        await takeBackMigrations(chosen, states, locked);
        return chosen.map(({ migration }) => migration);
      }),

    mark: (id, applied) => alone((states, locked) => mark(id, applied, states, locked)),
  };
}

/** A database that is made anew gets every migration that the release knows. */
function allOf(states: readonly MigrationState[]): readonly MigrationState[] {
  return states.filter(({ state }) => state !== "missing");
}

/** @throws StepFailed if the database is in no state to be migrated. */
function pendingOf(states: readonly MigrationState[]): readonly MigrationState[] {
  refuseTrouble(states);
  return states.filter(({ state }) => state === "pending" || state === "unknown");
}

function tellLate(pending: readonly MigrationState[], log: ToolContext["log"]): void {
  const late = pending.filter(({ outOfOrder }) => outOfOrder);
  if (late.length > 0) log(`out of order, as later ones are applied already: ${idsOf(late)}`);
}

async function mark(
  id: string,
  applied: boolean,
  states: readonly MigrationState[],
  { tool, migrations, record }: LockedMigrations,
): Promise<void> {
  const found = states.find(({ migration }) => migration.id === id);
  if (found === undefined) {
    throw new StepFailed(`there is no migration ${id}`, { hint: `There are: ${idsOf(states) || "none"}.` });
  }
  const expected = appliedIn(states);
  if (applied) expected.add(id);
  else expected.delete(id);
  await migrations.mark(found.migration, applied);
  refuseOtherChanges(await migrations.applied(), expected, { doing: `marking ${id}`, tool: tool.name });
  const row = await record.begin(found.migration, "marked");
  if (!applied) await record.settle(row, { status: "rolled_back", error: "marked as not applied" });
}

/** @throws StepFailed when there is no such one. */
function upTo(states: readonly MigrationState[], to: string | undefined): readonly MigrationState[] {
  if (to === undefined) return states;
  const last = states.findIndex(({ migration }) => migration.id === to);
  if (last >= 0) return states.slice(0, last + 1);
  throw new StepFailed(`${to} is not pending`, { hint: `Pending: ${idsOf(states) || "none"}.` });
}

async function empty({ url, host, env, user, signal, timeoutMs, log }: ToolContext): Promise<void> {
  const database = openDatabase(url?.reveal(env) ?? "", { host, env, user, signal, name: "fraisier" });
  log(`emptying ${database.name}`);
  await database.empty(timeoutMs);
}
