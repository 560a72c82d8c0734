import { alembicMigrations } from "./alembic-migrations.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["flask"];

/** Flask-Migrate: Alembic behind `flask db`. FLASK_APP names the application, as ever. */
export const flaskMigrate = defineMigrationTool({
  name: "flask_migrate",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => programKey(fields, PROGRAM),
  open: (context) => alembicMigrations(context, [...programOf(context, PROGRAM), "db"]),
});
