import { StepFailed } from "../domain/errors.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";

/** Names what all the operator's command does in one deployment, where no `status` tells its migrations apart. */
const ALL = "all";

/**
 * Any other tool, by commands of the operator's. They find the database in DATABASE_URL, and in FRAISIER_MIGRATIONS what is meant, one
 * a line. `status` prints the names of all migrations, one a line, in order; `+ ` before a name says that it is applied.
 */
export const command = defineMigrationTool({
  name: "command",
  needsUrl: false,
  oneByOne: false,
  settings: ({ command: line }) => ({
    up: line.describe("Applies all that is pending: with `status`, what `FRAISIER_MIGRATIONS` names"),
    down: line
      .optional()
      .describe("Takes back what `FRAISIER_MIGRATIONS` names, one a line; without it there is no way back"),
    status: line
      .optional()
      .describe("Prints all migrations, one a line, in order; `+ ` before a name says that it is applied"),
  }),

  open(context): Migrations {
    const { up, down, status } = context.settings;
    const lines = async (): Promise<readonly string[]> => {
      if (status === undefined) return [];
      const printed = await ask(context, status, "asking for migrations");
      return printed
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    };
    const meant = (migrations: readonly Migration[]) => ({
      FRAISIER_MIGRATIONS: migrations.map(({ id }) => id).join("\n"),
    });
    return {
      async list() {
        const names = status === undefined ? [ALL] : (await lines()).map((line) => line.replace(/^\+ /, ""));
        return names.map((id) => ({ id, file: undefined, sha256: undefined, reversible: down !== undefined }));
      },

      async applied() {
        if (status === undefined) return undefined;
        return (await lines()).filter((line) => line.startsWith("+ ")).map((line) => ({ id: line.slice(2) }));
      },

      apply: (migrations) => run(context, up, "migrating up", meant(migrations)),

      async revert(migration) {
        if (down === undefined) throw new StepFailed(`${migration.id} has no way back: database.down is not given`);
        await run(context, down, `taking back ${migration.id}`, meant([migration]));
      },

      async mark() {
        if (status !== undefined) {
          throw new StepFailed("a command keeps its own record of what is applied", {
            hint: "Mark it there, so that database.status prints it with a +.",
          });
        }
      },
    };
  },
});
