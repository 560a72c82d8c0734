import { createHash } from "node:crypto";
import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migrations } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";
import { migrationsKey, programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["node_modules/.bin/knex"];
const DEFAULT_FOLDER = "migrations";

const HEADING = /^(?:Found \d+|No) (Completed|Pending) Migration/;

/** Knex, through its own program and the release's knexfile, which finds the database in DATABASE_URL. A migration is named as its file. */
export const knex = defineMigrationTool({
  name: "knex",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => ({ ...programKey(fields, PROGRAM), ...migrationsKey(fields, DEFAULT_FOLDER) }),

  open(context): Migrations {
    const argv = programOf(context, PROGRAM);
    const folder = join(context.folder, context.settings.migrations ?? DEFAULT_FOLDER);
    const look = async (): Promise<{ readonly completed: readonly string[]; readonly pending: readonly string[] }> => {
      const found: Record<string, string[]> = { Completed: [], Pending: [] };
      let section: string | undefined;
      const printed = await ask(context, [...argv, "migrate:list"], "asking Knex for its migrations");
      for (const line of printed.split("\n")) {
        const heading = HEADING.exec(line)?.[1];
        if (heading !== undefined) section = heading;
        else if (section !== undefined && line.trim() !== "") found[section]?.push(line.trim().split(/\s+/)[0] ?? "");
      }
      if (section === undefined) throw new StepFailed("knex migrate:list did not say which migrations there are");
      return { completed: found["Completed"] ?? [], pending: found["Pending"] ?? [] };
    };
    return {
      async list() {
        const { completed, pending } = await look();
        const names = [...completed, ...pending].toSorted((a, b) => (a < b ? -1 : 1));
        return await Promise.all(
          names.map(async (id) => {
            const file = join(folder, id);
            const text = await context.host.files.readText(file);
            if (text === undefined) return { id, file: undefined, sha256: undefined, reversible: undefined };
            return { id, file, sha256: createHash("sha256").update(text).digest("hex"), reversible: undefined };
          }),
        );
      },
      applied: async () => (await look()).completed.map((id) => ({ id })),
      async apply(migrations) {
        for (const { id } of migrations) await run(context, [...argv, "migrate:up", id], `applying ${id}`);
      },
      revert: ({ id }) => run(context, [...argv, "migrate:down", id], `taking back ${id}`),
      async mark() {
        throw new StepFailed("Knex cannot mark a migration", { hint: "Write or delete its row in knex_migrations." });
      },
    };
  },
});
