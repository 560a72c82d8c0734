import { alembicMigrations } from "./alembic-migrations.ts";
import type { MigrationTool } from "./migration-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

/** Flask-Migrate: Alembic behind `flask db`. FLASK_APP names the application, as ever. */
export const flaskMigrate: MigrationTool = {
  name: "flask_migrate",
  needsUrl: false,
  oneByOne: true,
  settings: programKey,
  open: (context) => alembicMigrations(context, [...programOf(context, ["flask"]), "db"]),
};
