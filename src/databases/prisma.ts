import { createHash } from "node:crypto";
import { join } from "node:path";
import { keepEnd } from "../domain/cut.ts";
import { StepFailed } from "../domain/errors.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";
import { migrationsKey, programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["node_modules/.bin/prisma"];
const DEFAULT_FOLDER = "prisma/migrations";

/** Prisma Migrate. It applies all that is pending at once, and has no way back. */
export const prisma = defineMigrationTool({
  name: "prisma",
  needsUrl: false,
  oneByOne: false,
  settings: (fields) => ({ ...programKey(fields, PROGRAM), ...migrationsKey(fields, DEFAULT_FOLDER) }),

  open(context): Migrations {
    const { host, settings } = context;
    const argv = [...programOf(context, PROGRAM), "migrate"];
    const folder = join(context.folder, settings.migrations ?? DEFAULT_FOLDER);
    const list = async (): Promise<readonly Migration[]> => {
      const found: Migration[] = [];
      for (const id of await host.files.list(folder)) {
        const file = join(folder, id, "migration.sql");
        const text = await host.files.readText(file);
        if (text === undefined) continue;
        found.push({ id, file, sha256: createHash("sha256").update(text).digest("hex"), reversible: false });
      }
      return found;
    };
    return {
      list,
      async applied() {
        // It says what is pending or failed, and ends with 1 where something is.
        const printed = await ask(context, [...argv, "status"], "asking Prisma for its migrations", {
          fine: [0, 1],
        });
        const pending = sectionOf(printed, /have not yet been applied:/);
        const failed = sectionOf(printed, /migrations? ha(?:ve|s) failed:/);
        if (pending === undefined && failed === undefined && !/schema is up to date/i.test(printed)) {
          throw new StepFailed(`prisma migrate status did not say what is applied: ${keepEnd(printed.trim(), 400)}`);
        }
        return (await list())
          .filter(({ id }) => pending?.includes(id) !== true)
          .map(({ id }) => ({ id, unfinished: failed?.includes(id) === true }));
      },
      apply: () => run(context, [...argv, "deploy"], "deploying migrations"),
      async revert({ id }) {
        throw new StepFailed(`${id} has no way back: Prisma has none`);
      },
      mark: ({ id }, applied) =>
        run(context, [...argv, "resolve", applied ? "--applied" : "--rolled-back", id], `marking ${id}`),
    };
  },
});

/** The lines below a heading, up to an empty one. */
function sectionOf(text: string, heading: RegExp): readonly string[] | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => heading.test(line));
  if (start < 0) return undefined;
  const end = lines.indexOf("", start);
  return lines.slice(start + 1, end < 0 ? undefined : end);
}
