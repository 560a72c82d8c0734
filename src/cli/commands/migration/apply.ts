import type { Target } from "../../../config/config.ts";
import type { MigrationState } from "../../../databases/migration-state.ts";
import { UsageError } from "../../../domain/errors.ts";
import { isProduction } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { idOf, migrationNamed, printMigrations } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly rebuild?: boolean;
  readonly forceRebuild?: boolean;
}

/** `fraisier migration apply <target>`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  const { rebuild = false, dryRun = false, to } = options;
  return await withMigrations(invocation, { most: 0 }, async ({ target, migrator, alone }) => {
    if (rebuild) refuseRebuild(target, options.forceRebuild === true);
    await using _alone = await alone("migrations are applied by hand");
    const subject = await migrator();
    if (dryRun) {
      const what = rebuild ? "would empty the database, then apply" : "would apply";
      printMigrations(print, what, pendingIn(await subject.states(), { to, rebuild }).map(idOf));
      return;
    }
    const applied = await subject.apply({ rebuild, ...(to === undefined ? {} : { to }) });
    printMigrations(
      print,
      "applied",
      applied.map(({ id }) => id),
    );
  });
}

function pendingIn(
  states: readonly MigrationState[],
  { to, rebuild }: { readonly to: string | undefined; readonly rebuild: boolean },
): readonly MigrationState[] {
  const last = to === undefined ? states.length : states.indexOf(migrationNamed(states, to)) + 1;
  return states
    .slice(0, last)
    .filter(({ state }) => state === "pending" || state === "unknown" || (rebuild && state !== "missing"));
}

/** @throws UsageError unless a person has allowed it twice: in fraises.yaml and on the command line. */
function refuseRebuild({ settings, environment, fraise }: Target, isForced: boolean): void {
  if (!isProduction(environment)) return;
  const isAllowed = settings.database?.allow_rebuild_in_production === true;
  if (isAllowed && isForced) return;
  throw new UsageError(`this would empty the database of ${fraise}/${environment}`, {
    hint: `Two things allow it: allow_rebuild_in_production: true under its database (${isAllowed ? "is" : "is not"} there), and --force-rebuild (${isForced ? "is" : "is not"} there).`,
  });
}
