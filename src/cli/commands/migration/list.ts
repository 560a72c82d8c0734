import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { migrationFacts, wayBack } from "../../databases/migration-facts.ts";
import { withMigrations } from "../../databases/with-migrations.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** `fraisier migration list <target>`: those of the release that runs. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  const { print } = invocation;
  return await withMigrations(invocation, { most: 0 }, async ({ migrator, target }) => {
    const states = (await (await migrator()).states()).filter(({ state }) => state !== "missing");
    if (print.isJson) {
      print.json({ target: targetName(target), migrations: states.map(migrationFacts) });
      return;
    }
    print.table(
      ["MIGRATION", { title: "SHA-256", leaves: 1 }, "WAY BACK", "FILE"],
      states.map(({ migration: { id, sha256, reversible, file } }) => [
        harmless(id),
        sha256?.slice(0, 12) ?? "",
        wayBack(reversible),
        harmless(file ?? ""),
      ]),
    );
  });
}
