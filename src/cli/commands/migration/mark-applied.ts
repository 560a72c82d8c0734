import type { Invocation } from "../../command-entry.ts";
import { migrationNamed, printMigrations } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly not?: boolean;
  readonly dryRun?: boolean;
}

/** `fraisier migration mark-applied <target> <migration>`: changes the record, and runs nothing. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withMigrations(invocation, { most: 1, mayLackFiles: true }, async ({ migrator, alone, name }) => {
    await using _alone = await alone("a migration is marked by hand");
    const subject = await migrator();
    const { migration } = migrationNamed(await subject.states(), name);
    const isApplied = options.not !== true;
    const what = isApplied ? "marked as applied" : "marked as not applied";
    if (options.dryRun !== true) await subject.mark(migration.id, isApplied);
    printMigrations(print, options.dryRun === true ? `would be ${what}` : what, [migration.id]);
  });
}
