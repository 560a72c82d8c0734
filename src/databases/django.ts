import { createHash } from "node:crypto";
import type { Migration, Migrations, MigrationTool } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

/** What Django knows of its migrations, in the order in which it would run them: state, name, file and whether each operation has a way back. */
const QUESTION = `
import inspect
from django.db import connection
from django.db.migrations.loader import MigrationLoader
loader = MigrationLoader(connection)
seen = []
for leaf in sorted(loader.graph.leaf_nodes()):
    for key in loader.graph.forwards_plan(leaf):
        if key not in seen:
            seen.append(key)
for key in seen:
    migration = loader.graph.nodes[key]
    reversible = all(operation.reversible for operation in migration.operations)
    state = "applied" if key in loader.applied_migrations else "pending"
    print("\\t".join(["migration", state, key[0] + "." + key[1], inspect.getfile(type(migration)), str(reversible)]))
`;

const PROGRAM = ["python3", "manage.py"];

/** Django's own migrations, through manage.py; a migration is named `app.0001_name`. */
export const django: MigrationTool = {
  name: "django",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => programKey(fields, PROGRAM),

  open(context): Migrations {
    const argv = programOf(context, PROGRAM);
    const rows = async (): Promise<readonly (readonly string[])[]> =>
      (await ask(context, [...argv, "shell", "-c", QUESTION], "asking Django for its migrations"))
        .split("\n")
        .filter((line) => line.startsWith("migration\t"))
        .map((line) => line.split("\t").slice(1));
    const list = async (): Promise<readonly Migration[]> =>
      await Promise.all(
        (await rows()).map(async ([, id = "", file = "", reversible]) => {
          const text = await context.host.files.readText(file);
          const sha256 = text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
          return { id, file, sha256, reversible: reversible === "True" };
        }),
      );
    /** `migrate APP NAME`, forward or back, asking nothing. */
    const migrate = (id: string, what: string, ...options: readonly string[]): Promise<void> => {
      const [app = "", name = ""] = id.split(".");
      return run(context, [...argv, "migrate", "--noinput", ...options, app, name], what);
    };
    /** The one before it in its app. */
    const before = async ({ id }: Migration): Promise<string> => {
      const app = id.split(".")[0] ?? "";
      const own = (await list()).filter((each) => each.id.startsWith(`${app}.`));
      return own[own.findIndex((each) => each.id === id) - 1]?.id ?? `${app}.zero`;
    };
    return {
      list,
      applied: async () => (await rows()).filter(([state]) => state === "applied").map(([, id = ""]) => ({ id })),
      async apply(migrations) {
        for (const { id } of migrations) await migrate(id, `applying ${id}`);
      },
      async revert(migration) {
        await migrate(await before(migration), `taking back ${migration.id}`);
      },
      async mark(migration, applied) {
        await migrate(applied ? migration.id : await before(migration), `marking ${migration.id}`, "--fake");
      },
    };
  },
};
