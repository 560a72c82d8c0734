import { HostUnavailable, MigrationLockLost, StepFailed } from "../../domain/errors.ts";
import { refuseRebuild } from "./refuse-rebuild.ts";
import type { Step } from "../step.ts";

/** Applies the migrations of the new release to the database it will use; taken back, newest first, by their own ways back. */
export const migrateDatabase: Step<"env" | "facts" | "migrator"> = {
  name: "migrate-database",
  phase: "migrating",
  describe: ({ target }) => {
    const { tool = "", strategy } = target.settings.database ?? {};
    return strategy === "rebuild"
      ? `EMPTY the database, then apply every migration (${tool})`
      : `Apply pending migrations (${tool}), unless another deployer migrates the same database`;
  },

  async run(context) {
    const { migrator, target, remember } = context;
    if (migrator === undefined) return;
    const rebuild = target.settings.database?.strategy === "rebuild";
    if (rebuild) refuseRebuild(context);
    let isBegun = false;
    try {
      await migrator.apply({
        rebuild,
        before: async (migrations) => {
          await remember({ migrations: migrations.map(({ id }) => id), rebuilt: rebuild });
          isBegun = true;
        },
      });
    } catch (error) {
      if (isBegun || !(error instanceof StepFailed)) throw error;
      // Somebody else migrates, or the database does not answer: nothing of the revision ran that could be held against it.
      throw new HostUnavailable(error.message, {
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  },

  async undo({ migrator, deployment, facts, log }) {
    const migrations = facts["migrations"];
    if (migrator === undefined || !Array.isArray(migrations)) return;
    if (facts["rebuilt"] === true) {
      throw new StepFailed("the database was emptied and rebuilt: what it held is gone", {
        hint: "Restore a backup, or deploy a good revision, which rebuilds it again.",
      });
    }
    const taken = await withLockTakenAgain(log, () =>
      migrator.takeBack((states) =>
        states.filter(
          ({ migration, state, applied, recorded }) =>
            migrations.includes(migration.id) &&
            state !== "pending" &&
            // Somebody else's, who came between a crash and now.
            (applied?.deployment === undefined || applied.deployment === deployment.id) &&
            (state !== "unknown" || (recorded?.deployment === deployment.id && recorded.status !== "rolled_back")),
        ),
      ),
    );
    if (taken.length === 0) log("no migration of this deployment is applied");
  },

  hasChanged: ({ migrations, rebuilt }) => rebuilt === true || (Array.isArray(migrations) && migrations.length > 0),
};

/** How often the lock may be lost while migrations are taken back, before a person must look. */
const LOST_LOCKS = 3;

/** Taking back is begun again if the lock is lost: each migration that is taken back is on record, and half of them would be worse. */
async function withLockTakenAgain<Result>(
  log: (line: string) => void,
  takeBack: () => Promise<Result>,
): Promise<Result> {
  for (let lost = 1; ; lost += 1) {
    try {
      return await takeBack();
    } catch (error) {
      if (!(error instanceof MigrationLockLost) || lost > LOST_LOCKS) throw error;
      log(`${error.message}: taking it again`);
    }
  }
}
