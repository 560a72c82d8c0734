import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { keepEnd } from "../domain/cut.ts";
import { StepFailed } from "../domain/errors.ts";
import { defineMigrationTool } from "./migration-tool.ts";
import type { Migration, Migrations } from "./migration-tool.ts";
import { ask, run } from "./run-tool.ts";
import { migrationsKey, programKey, programOf } from "./tool-program.ts";

const PROGRAM = ["confiture"];
const DEFAULT_FOLDER = "db/migrations";

const status = z.object({
  applied: z.array(z.union([z.string(), z.object({ version: z.string() }).transform((each) => each.version)])),
  /** When each was applied; older ones do not tell. */
  migrations: z.array(z.object({ version: z.string(), applied_at: z.string().nullish() })).default([]),
});

/**
 * Confiture, for PostgreSQL. With `url:` it is told the database in CONFITURE_DATABASE_URL, else by `config:`. A migration is named as its
 * file without the ending.
 */
export const confiture = defineMigrationTool({
  name: "confiture",
  needsUrl: false,
  oneByOne: true,
  settings: (fields) => ({
    ...programKey(fields, PROGRAM),
    ...migrationsKey(fields, DEFAULT_FOLDER),
    config: fields.text.optional().describe("Its configuration file, which names the database where there is no `url`"),
  }),

  open(given): Migrations {
    const { settings, folder, url, host } = given;
    const { config } = settings;
    const context =
      url === undefined ? given : { ...given, env: { ...given.env, CONFITURE_DATABASE_URL: url.reveal(given.env) } };
    const argv = [...programOf(context, PROGRAM), "migrate"];
    const migrations = settings.migrations ?? DEFAULT_FOLDER;
    const named = config === undefined ? [] : ["--config", config];
    // With `url:`, no configuration file of the release may name another database.
    const options = ["--migrations-dir", migrations, ...(url === undefined ? named : ["--no-config"])];
    const list = async (): Promise<readonly Migration[]> => {
      const names = await host.files.list(join(folder, migrations));
      const own = names.filter((name) => /^\d+_.*(\.up\.sql|\.py)$/.test(name));
      return await Promise.all(
        own.map(async (name) => {
          const id = name.replace(/(\.up\.sql|\.py)$/, "");
          const file = join(folder, migrations, name);
          const sha256 = createHash("sha256")
            .update((await host.files.readText(file)) ?? "")
            .digest("hex");
          return { id, file, sha256, reversible: name.endsWith(".py") ? undefined : names.includes(`${id}.down.sql`) };
        }),
      );
    };
    const look = async (): Promise<z.infer<typeof status>> => {
      const printed = await ask(context, [...argv, "status", ...options, "--format", "json"], "asking Confiture", {
        // 1: some are pending; 2: nothing was ever applied. With 3 it says so too of a database it could not reach.
        fine: [0, 1, 2],
      });
      const start = printed.indexOf("{");
      if (start < 0)
        throw new StepFailed(`confiture migrate status did not say what is applied: ${keepEnd(printed, 400)}`);
      return status.parse(JSON.parse(printed.slice(start)));
    };
    return {
      list,
      async applied() {
        const known = await list();
        return (await look()).applied.map((version) => ({
          id: known.find(({ id }) => versionOf(id) === versionOf(version))?.id ?? version,
        }));
      },
      async apply(chosen) {
        for (const { id } of chosen)
          await run(context, [...argv, "up", ...options, "--target", versionOf(id)], `applying ${id}`);
      },
      async revert({ id }) {
        // It cannot be told which: it takes back what was applied last, in the order of time.
        const last = (await look()).migrations
          .filter((each) => typeof each.applied_at === "string")
          .toSorted((a, b) => Date.parse(a.applied_at ?? "") - Date.parse(b.applied_at ?? ""))
          .at(-1)?.version;
        if (last !== undefined && versionOf(last) !== versionOf(id)) {
          throw new StepFailed(`Confiture takes back what was applied last, and that is ${last}`, {
            hint: "Take that back first; or write a new migration that undoes this one.",
          });
        }
        await run(context, [...argv, "down", ...options, "--steps", "1"], `taking back ${id}`);
      },
      async mark() {
        throw new StepFailed("Confiture marks migrations by itself", {
          hint: "confiture migrate baseline --through VERSION",
        });
      },
    };
  },
});

function versionOf(id: string): string {
  return id.split("_")[0] ?? id;
}
