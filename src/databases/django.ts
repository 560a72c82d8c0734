import { createHash } from "node:crypto";
import { StepFailed } from "../domain/errors.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";
import { programKey, programOf } from "./tool-program.ts";

/**
 * Facts that Django has about its migrations, in the order in which it would run them: state, name, file, and whether each operation has a way back. The last
 * fact is the name to give to `migrate` so that this migration changes its state and no other does; empty if there is no such name.
 */
const QUESTION = `
import inspect
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
loader = executor.loader
applied = loader.applied_migrations
seen = []
for leaf in sorted(loader.graph.leaf_nodes()):
    for key in loader.graph.forwards_plan(leaf):
        if key not in seen:
            seen.append(key)
def alone(key):
    node = loader.graph.node_map[key]
    if key not in applied:
        return key[1] if all(parent.key in applied for parent in node.parents) else ""
    if any(child.key in applied for child in node.children):
        return ""
    for name in sorted(parent.key[1] for parent in node.parents if parent.key[0] == key[0]) or ["zero"]:
        plan = executor.migration_plan([(key[0], None if name == "zero" else name)])
        if [((each.app_label, each.name), back) for each, back in plan] == [(key, True)]:
            return name
    return ""
for key in seen:
    migration = loader.graph.nodes[key]
    reversible = all(operation.reversible for operation in migration.operations)
    state = "applied" if key in applied else "pending"
    print("\\t".join(["migration", state, key[0] + "." + key[1], inspect.getfile(type(migration)), str(reversible), alone(key)]))
`;

const PROGRAM = ["python3", "manage.py"];

/** Django's own migrations, through manage.py; a migration is named `app.0001_name`. */
export const django = defineMigrationTool({
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
    const migrate = (id: string, name: string, what: string, ...options: readonly string[]): Promise<void> =>
      run(context, [...argv, "migrate", "--noinput", ...options, id.split(".")[0] ?? "", name], what);
    /** The name to give to `migrate` so that this migration changes its state. @throws StepFailed where others would change theirs. */
    const alone = async ({ id }: Migration, deed: string): Promise<string> => {
      const name = (await rows()).find((row) => row[1] === id)?.[4] ?? "";
      if (name !== "") return name;
      throw new StepFailed(`Django would ${deed} others with it, as they stand on one another`, {
        hint: `See which: ${argv.join(" ")} showmigrations --plan. Do it in their order, or by hand.`,
      });
    };
    return {
      list,
      applied: async () => (await rows()).filter(([state]) => state === "applied").map(([, id = ""]) => ({ id })),
      async apply(migrations) {
        for (const { id } of migrations) await migrate(id, id.split(".")[1] ?? "", `applying ${id}`);
      },
      async revert(migration) {
        await migrate(migration.id, await alone(migration, "take back"), `taking back ${migration.id}`);
      },
      async mark(migration, applied) {
        const { id } = migration;
        // Going to an applied migration would take back all that came later.
        if ((await rows()).some((row) => row[1] === id && (row[0] === "applied") === applied)) return;
        await migrate(id, await alone(migration, applied ? "mark" : "unmark"), `marking ${id}`, "--fake");
      },
    };
  },
});
