import { alembicMigrations } from "./alembic-migrations.ts";
import type { MigrationTool } from "./migration-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["alembic"];

/** Alembic, of SQLAlchemy. Its env.py finds the database in DATABASE_URL, or where it always did. */
export const alembic: MigrationTool = {
  name: "alembic",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => ({
    ...programKey(fields, PROGRAM),
    config: fields.text.optional().meta(fields.means("Its configuration file", "`alembic.ini`")),
  }),
  open(context) {
    const config = context.settings["config"];
    const options = typeof config === "string" ? ["--config", config] : [];
    return alembicMigrations(context, [...programOf(context, PROGRAM), ...options]);
  },
};
