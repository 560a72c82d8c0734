import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { migrationFacts, noteOf } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** `fraisier migration status <target>`. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  const { print } = invocation;
  return await withMigrations(invocation, { most: 0 }, async ({ migrator, target }) => {
    const states = await (await migrator()).states();
    if (print.isJson) {
      print.json({ target: targetName(target), migrations: states.map(migrationFacts) });
      return;
    }
    print.table(
      [
        "MIGRATION",
        "STATE",
        { title: "APPLIED", leaves: 3 },
        { title: "BY", leaves: 2 },
        { title: "MS", leaves: 1 },
        "NOTE",
      ],
      states.map((each) => {
        const recorded = each.state === "pending" ? undefined : each.recorded;
        return [
          harmless(each.migration.id),
          each.state,
          print.time(recorded?.appliedAt),
          harmless(recorded?.appliedBy ?? ""),
          String(recorded?.executionTimeMs ?? ""),
          harmless(noteOf(each)),
        ];
      }),
    );
  });
}
