import { alembicMigrations } from "./alembic-migrations.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["alembic"];

/** Alembic, of SQLAlchemy. Its env.py finds the database in DATABASE_URL, or where it always did. */
export const alembic = defineMigrationTool({
  name: "alembic",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => ({
    ...programKey(fields, PROGRAM),
    config: fields.text.optional().meta(fields.means("Its configuration file", "`alembic.ini`")),
  }),
  open(context) {
    const { config } = context.settings;
    const options = config === undefined ? [] : ["--config", config];
    return alembicMigrations(context, [...programOf(context, PROGRAM), ...options]);
  },
});
