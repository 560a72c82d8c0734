import { StepFailed } from "../domain/errors.ts";
import { isProduction } from "../domain/fraise.ts";
import type { Step, StepContext } from "./step.ts";

/** Names the target whose database may be emptied, for deployments a person starts where no daemon runs. */
const FORCE = "FRAISIER_FORCE_REBUILD";

/** Applies the migrations of the new release to the database it will use; taken back, newest first, by their own ways back. */
export const migrateDatabase: Step = {
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
    if (rebuild) refuseProduction(context);
    await migrator.apply({
      rebuild,
      before: (migrations) => remember({ migrations: migrations.map(({ id }) => id), rebuilt: rebuild }),
    });
  },

  async undo({ migrator, deployment, facts, log }) {
    const migrations = facts["migrations"];
    if (migrator === undefined || !Array.isArray(migrations)) return;
    if (facts["rebuilt"] === true) {
      throw new StepFailed("the database was emptied and rebuilt: what it held is gone", {
        hint: "Restore a backup, or deploy a good revision, which rebuilds it again.",
      });
    }
    const taken = await migrator.takeBack((states) =>
      states.filter(
        ({ migration, state, applied, recorded }) =>
          migrations.includes(migration.id) &&
          state !== "pending" &&
          // Somebody else's, who came between a crash and now.
          (applied?.deployment === undefined || applied.deployment === deployment.id) &&
          (state !== "unknown" || (recorded?.deployment_id === deployment.id && recorded.status !== "rolled_back")),
      ),
    );
    if (taken.length === 0) log("no migration of this deployment is applied");
  },
};

/** @throws StepFailed unless a person of this machine asked for exactly this. */
function refuseProduction({ target, deployment, env }: StepContext): void {
  if (!isProduction(target.environment)) return;
  const name = `${target.fraise}/${target.environment}`;
  if (deployment.trigger === "person" && env[FORCE] === name) return;
  throw new StepFailed(`strategy rebuild would empty the database of ${name}`, {
    hint: `Nothing was touched. A person may: fraisier migration apply ${target.fraise} --target ${target.environment} --rebuild --force-rebuild, or with ${FORCE}=${name} set for the runner.`,
  });
}
