import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { it } from "vitest";
import type { Scenario } from "../helpers/scenario.ts";
import { stepMigration, stepVersion } from "../helpers/step-migrations.ts";
import { canHoldPrograms } from "./held-programs.ts";
import { expectNothingLost } from "./matrix.ts";
import { programMatrix } from "./program-matrix.ts";

const databaseOf = ({ folder }: Scenario): string => join(folder, "shop.db");

it.runIf(canHoldPrograms)(
  "in place, with SQLite: whoever dies inside git, sqlite3 or a command of the service manager",
  { timeout: 3_600_000 },
  async () => {
    const result = await programMatrix({
      name: "in place, inside programs",
      layout: "in_place",
      sample: 3,
      environment: `database: { tool: sql, url: "\${SHOP_DATABASE}", backup: { keep: 2 } }`,
      programs: ({ folder }) => ({
        git: { path: "/usr/bin/git" },
        sqlite3: { path: "/usr/bin/sqlite3" },
        service: { path: join(folder, "service.sh"), isScript: true },
      }),
      async prepare(scenario) {
        const { git, bare, app } = scenario;
        scenario.with({ SHOP_DATABASE: `sqlite:${databaseOf(scenario)}` });
        await git("commit", "--quiet", "--allow-empty", "--message", "empty");
        await git("push", "--quiet", "origin", "main");
        await git("clone", "--quiet", bare, app);
      },
      files: (version) => stepMigration(Number(version)),
      async check(scenario, version) {
        const ask = (sql: string): readonly string[] =>
          execFileSync("sqlite3", [databaseOf(scenario), sql], { encoding: "utf8" })
            .split("\n")
            .filter(Boolean);
        const found = stepVersion({
          tables: ask("select name from sqlite_master where name like 'step_%'"),
          recorded: ask("select id from fraisier_migration where state = 'applied'"),
        });
        if (found !== String(version)) return `version ${version} is live, and its database is ${found}`;
        const changed = await scenario.git("-C", scenario.app, "status", "--porcelain");
        return changed === "" ? undefined : `the checkout is changed: ${changed}`;
      },
    });
    expectNothingLost(result);
  },
);
