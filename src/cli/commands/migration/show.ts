import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import {
  migrationFacts,
  migrationNamed,
  migrationRunJson,
  noteOf,
  printMigrationHistory,
  wayBack,
} from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** More than any migration was ever applied and taken back. */
const WHOLE_HISTORY = 10_000;

/** `fraisier migration show <target> <migration>`. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  const { print } = invocation;
  return await withMigrations(invocation, { most: 1 }, async ({ migrator, app, target, name }) => {
    const state = migrationNamed(await (await migrator()).states(), name);
    const all = await app.store.databases.migrationHistory(target, { limit: WHOLE_HISTORY });
    const runs = all.filter((run) => run.migration === name);
    if (print.isJson) {
      print.json({ target: targetName(target), migration: migrationFacts(state), history: runs.map(migrationRunJson) });
      return;
    }
    const { id, file, sha256, reversible } = state.migration;
    print.line(`${print.style("bold", harmless(id))}: ${state.state} ${harmless(noteOf(state))}`);
    print.line(`file      ${harmless(file ?? "-")}`);
    print.line(`SHA-256   ${sha256 ?? "-"}`);
    print.line(`way back  ${wayBack(reversible)}`);
    printMigrationHistory(print, runs);
  });
}
