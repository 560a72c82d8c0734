import { createHash } from "node:crypto";
import { StepFailed } from "../domain/errors.ts";
import type { Migration, Migrations, ToolContext } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";

interface Revision extends Migration {
  readonly parents: readonly string[];
}

/** The commands that Alembic and Flask-Migrate share: `… history --verbose`, `current`, `upgrade REVISION`, `downgrade REVISION`, `stamp REVISION`. */
export function alembicMigrations(context: ToolContext, argv: readonly string[]): Migrations {
  let known: Promise<readonly Revision[]> | undefined;
  // The files of a release do not change, and each question starts a Python.
  const list = (): Promise<readonly Revision[]> => (known ??= read());
  const read = async (): Promise<readonly Revision[]> => {
    const printed = await ask(context, [...argv, "history", "--verbose"], "asking for the history");
    return await Promise.all(
      parseHistory(printed)
        .toReversed()
        .map(async ({ id, parents, file }) => {
          const text = file === undefined ? undefined : await context.host.files.readText(file);
          const sha256 = text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
          return { id, parents, file, sha256, reversible: undefined };
        }),
    );
  };
  const appliedOf = async (revisions: readonly Revision[]): Promise<readonly Revision[]> => {
    const printed = await ask(context, [...argv, "current"], "asking what is applied");
    const heads = new Set([...printed.matchAll(/^([\w.-]+)(?: \(.*)?$/gm)].map((match) => match[1] ?? ""));
    const found = new Set<string>();
    // From the newest to the oldest: what a revision stands on is applied too.
    for (const { id, parents } of revisions.toReversed()) {
      if (!heads.has(id) && !found.has(id)) continue;
      found.add(id);
      for (const parent of parents) found.add(parent);
    }
    return revisions.filter(({ id }) => found.has(id));
  };
  /** The revision to go to so that exactly this migration is taken back. */
  const below = async ({ id }: Migration): Promise<string> => {
    const revisions = await list();
    const applied = await appliedOf(revisions);
    const parent = revisions.find((each) => each.id === id)?.parents[0] ?? "base";
    const children = applied.filter((each) =>
      parent === "base" ? each.parents.length === 0 : each.parents.includes(parent),
    );
    if (children.length > 1 || applied.some((each) => each.parents.includes(id))) {
      throw new StepFailed(`taking back ${id} would take others back with it: the history has branches`, {
        hint: `Do it by hand: ${argv.join(" ")} downgrade`,
      });
    }
    return parent;
  };
  return {
    list,
    applied: async () => (await appliedOf(await list())).map(({ id }) => ({ id })),
    async apply(migrations) {
      for (const { id } of migrations) await run(context, [...argv, "upgrade", id], `upgrading to ${id}`);
    },
    async revert(migration) {
      await run(context, [...argv, "downgrade", await below(migration)], `taking back ${migration.id}`);
    },
    async mark(migration, applied) {
      const there = new Set((await appliedOf(await list())).map(({ id }) => id));
      const { id } = migration;
      // Stamping an applied revision would forget all that came later.
      if (there.has(id) === applied) return;
      const parents = (await list()).find((each) => each.id === id)?.parents ?? [];
      const missing = parents.filter((parent) => !there.has(parent));
      if (applied ? missing.length > 0 : parents.length > 1) {
        const others = applied
          ? `mark ${missing.join(", ")} too, which it stands on`
          : "unmark others with it: it merges branches";
        throw new StepFailed(`marking ${id} would ${others}`, { hint: `Do it by hand: ${argv.join(" ")} stamp` });
      }
      await run(context, [...argv, "stamp", applied ? id : await below(migration)], `marking ${id}`);
    },
  };
}

/** Blocks of `Rev: …`, `Parent: …` or `Merges: …`, `Path: …`, newest first. */
function parseHistory(text: string): readonly { id: string; parents: readonly string[]; file: string | undefined }[] {
  return text
    .split(/^(?=Rev: )/m)
    .filter((block) => block.startsWith("Rev: "))
    .map((block) => {
      const value = (key: string): string | undefined => new RegExp(`^${key}: (.+)$`, "m").exec(block)?.[1]?.trim();
      const parents = (value("Parent") ?? value("Merges") ?? "").split(", ").map((each) => each.replace(/ \(.*$/, ""));
      return {
        id: value("Rev")?.split(" ")[0] ?? "",
        parents: parents.filter((each) => each !== "" && each !== "<base>"),
        file: value("Path"),
      };
    });
}
