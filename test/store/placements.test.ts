import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { sqliteMigrations } from "../../src/store/migrations/sqlite-migrations.ts";
import { openStore } from "../../src/store/store.ts";
import { API } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The version before placements. */
const BEFORE = 13;

/** A runner of that version finds the state of its target by the target alone. */
const SETTLE = `insert into tb_fraise_state (fraise, environment, job, revision, updated_at) values ('api', 'production', '', ?, '')
  on conflict (fraise, environment, job) do update set revision = excluded.revision`;
const KEEP_FILE = `insert into tb_group_file (fraise, environment, job, group_name, file, blob, deployment_id, at)
  values ('api', 'production', '', 'web', 'index.html', ?, 'd1', '')
  on conflict (fraise, environment, job, group_name, file) do update set blob = excluded.blob`;

describe("a store of the version before placements", () => {
  it("keeps the states of its targets and the files of its groups, and a runner of that version finishes on it", async () => {
    const file = `${temporaryFolder()}/store.db`;
    const older = { migrations: sqliteMigrations.slice(0, BEFORE), views: [] };
    await (await openStore(`sqlite:${file}`, older)).close();
    const runner = new Database(file);
    runner.prepare(SETTLE).run("one");
    runner.prepare(KEEP_FILE).run("first");
    runner.exec(`insert into tb_deployment (id, fraise, environment, trigger, triggered_by, revision, status, queued_at)
      values ('d1', 'api', 'production', 'person', 'ann', 'one', 'succeeded', ''), ('d2', 'api', 'production', 'person', 'ann', 'two', 'queued', '')`);

    const store = await openStore(`sqlite:${file}`);
    expect(await store.targets.status()).toMatchObject([{ ...API, host: "", revision: "one", waiting: { id: "d2" } }]);
    expect(await store.targets.groupFiles(API, "web")).toEqual(new Map([["index.html", "first"]]));
    const before = (await store.changes.newest())?.sequence ?? 0;

    runner.prepare(SETTLE).run("two");
    runner.prepare(KEEP_FILE).run("second");
    runner.close();
    expect(await store.targets.status()).toMatchObject([{ revision: "two" }]);
    expect(await store.targets.groupFiles(API, "web")).toEqual(new Map([["index.html", "second"]]));
    expect(await store.changes.after(before, 10)).toMatchObject([{ kind: "target", fraise: "api" }]);
    await store.close();
  });
});
