import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario } from "../helpers/scenario.ts";

let server: PostgresServer;

describe.skipIf(!hasPostgres)("fraisier store copy", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("moves a store in a file to a server and back, and pushes go live on each", async () => {
    const scenario = await createScenario();
    const config = join(scenario.folder, "fraises.yaml");
    await scenario.start();
    const one = await scenario.commit("one");
    await scenario.push();
    expect(await scenario.settled(one)).toMatchObject({ status: "succeeded" });

    const withSecret = server.database("moved");
    const to = withPassword(withSecret, undefined);
    writeFileSync(join(scenario.folder, "store-password"), `${server.password}\n`, { mode: 0o600 });
    const password = ["--password-file", "store-password"];
    expect(await scenario.fraisier("store", "copy", "--to", to, ...password)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/a daemon works with the store .*\nhint: Stop it first, .*systemctl stop fraisier/),
    });
    expect(await scenario.stop()).toBe(0);

    expect(await scenario.fraisier("store", "copy", "--to", withSecret)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("every user of this machine can see"),
    });
    expect(await scenario.fraisier("store", "copy", "--to", to)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("wants a password, and there is none"),
    });
    const dry = await scenario.fraisier("store", "copy", "--to", to, ...password, "--dry-run");
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^tb_deployment +1\nt/m) });
    expect(server.query(withSecret, "select count(*) from pg_tables where schemaname = 'public'")).toEqual(["0"]);

    const copied = await scenario.fraisier("store", "copy", "--to", to, ...password, "--json");
    expect(copied).toMatchObject({ exitCode: 0, stderr: "" });
    const line =
      readFileSync(config, "utf8")
        .split("\n")
        .findIndex((each) => each.startsWith("store:")) + 1;
    const {
      next_steps: steps,
      tables,
      resumed,
    } = JSON.parse(copied.stdout) as {
      readonly next_steps: readonly string[];
      readonly tables: readonly { readonly table: string; readonly rows: number; readonly sha256: string }[];
      readonly resumed: boolean;
    };
    expect(steps).toEqual([
      `In ${config}, set store.url (line ${line}) to ${to}`,
      `In ${config}, set store.password (which it does not have yet) to !file ${join(scenario.folder, "store-password")}`,
      `In ${config}, set deployment.state_directory (which it does not have yet) to ${scenario.folder}`,
    ]);
    expect(resumed).toBe(false);
    expect(tables).toContainEqual({
      table: "tb_deployment",
      rows: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      replaced: 0,
    });
    expect(`${copied.stdout}${dry.stdout}`).not.toContain(encodeURIComponent(server.password));
    expect(await scenario.fraisier("store", "copy", "--to", to, ...password)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/is not empty: it holds a store\nhint: Name a place that is empty/),
    });

    const inFile = readFileSync(config, "utf8");
    writeFileSync(
      config,
      inFile
        .replace(/^store: .*$/m, `store: { url: "${to}", password: !file ${join(scenario.folder, "store-password")} }`)
        .replace(/^deployment: \{/m, `deployment: { state_directory: ${scenario.folder}, `),
    );
    await scenario.start();
    expect((await scenario.fraisier("history", "--json")).stdout).toContain(one);
    const two = await scenario.commit("two");
    await scenario.push();
    await expect.poll(async () => await scenario.answer(), { timeout: 60_000 }).toBe("version two");
    await expect
      .poll(async () => server.query(withSecret, "select status from tb_deployment order by id"), { timeout: 60_000 })
      .toEqual(["succeeded", "succeeded"]);
    expect(await scenario.fraisier("store", "check")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("The store is whole."),
    });
    expect(await scenario.stop()).toBe(0);

    const back = await scenario.fraisier("store", "copy", "--to", "sqlite:back.db");
    expect(back).toMatchObject({ exitCode: 0, stderr: "" });
    expect(back.stdout).toContain(`In ${config}, set store.url (line ${line}) to sqlite:${scenario.folder}/back.db`);
    expect(back.stdout).toContain(`In ${config}, remove store.password (line ${line})`);
    expect(back.stdout).not.toContain("state_directory");
    writeFileSync(config, inFile.replace(/^store: .*$/m, 'store: { url: "sqlite:back.db" }'));
    await scenario.start();
    const { stdout: history } = await scenario.fraisier("history", "--json");
    expect([one, two].filter((each) => history.includes(each))).toEqual([one, two]);
    await scenario.commit("three");
    await scenario.push();
    await expect.poll(async () => await scenario.answer(), { timeout: 60_000 }).toBe("version three");
    expect(await scenario.stop()).toBe(0);
  });
});
