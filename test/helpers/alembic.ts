import { spawnSync } from "node:child_process";

export const PYTHON = "/usr/bin/python3";

/** Whether Alembic and its driver for PostgreSQL are there: Debian's alembic and python3-psycopg2. */
export const hasAlembic = spawnSync(PYTHON, ["-c", "import alembic, psycopg2"], { stdio: "ignore" }).status === 0;

/** The files of an Alembic project without its revisions, which belong into `db/versions`. */
export const ALEMBIC_PROJECT: Readonly<Record<string, string>> = {
  "alembic.ini": "[alembic]\nscript_location = db\n",
  "db/script.py.mako": "",
  "db/env.py": `import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://")).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`,
};
