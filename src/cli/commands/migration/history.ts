import { targetName } from "../../../domain/fraise.ts";
import { limitOf } from "../../arguments/limit.ts";
import type { Invocation } from "../../command-entry.ts";
import { migrationRunJson, printMigrationHistory } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

interface Options extends TargetOptions {
  readonly limit: string;
}

/** `fraisier migration history <target>`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { options, print } = invocation;
  return await withMigrations(invocation, { most: 0 }, async ({ app, target }) => {
    const runs = await app.store.databases.migrationHistory(target, { limit: limitOf(options.limit) });
    if (print.isJson) print.json({ target: targetName(target), history: runs.map(migrationRunJson) });
    else printMigrationHistory(print, runs);
  });
}
