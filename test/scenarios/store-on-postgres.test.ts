import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario } from "../helpers/scenario.ts";

let server: PostgresServer;

describe.skipIf(!hasPostgres)("with the store on a PostgreSQL server", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("a push goes live, is refused while the server is away, and goes live once it is back", async () => {
    const url = withPassword(server.database("fraisier"), undefined);
    const scenario = await createScenario({
      storeOnServer: { url, password: server.password },
      environment: "install: { command: 'env > ../../../../variables; sleep $(cat delay)' }",
    });
    await scenario.start();
    const one = await scenario.commit("one", { delay: "0" });
    await scenario.push();
    expect(await scenario.settled(one)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version one");

    // Neither the commands of a repository nor the environment of a runner have the password.
    const variables = readFileSync(join(scenario.folder, "variables"), "utf8");
    expect(variables).toContain("FRAISIER_");
    expect(variables).not.toMatch(/FRAISIER_STORE=/);
    expect(variables).not.toContain(server.password);
    expect(variables).not.toContain(encodeURIComponent(server.password));
    expect(scenario.daemonLog()).not.toContain(server.password);

    // The command line works on the same store, and keeps no file of its own.
    const status = await scenario.fraisier("status", "--json");
    expect(status.stdout).toContain(one);
    const check = await scenario.fraisier("store", "check");
    expect(check).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("The store is whole.") });
    const backup = await scenario.fraisier("store", "backup", "--unencrypted", "--to", "backup.tar.gz");
    expect(backup).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("pg_dump") });
    expect(existsSync(join(scenario.folder, "fraisier.db"))).toBe(false);

    const pid = scenario.daemonPid();
    await server.kill();
    const two = await scenario.commit("two", { delay: "0" });
    const refused = await scenario.deliver({ before: one, after: two });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await expect.poll(async () => (await fetch(`${scenario.url}/health`)).status).toBe(503);
    await server.start();
    await expect.poll(async () => (await fetch(`${scenario.url}/health`)).status).toBe(200);
    await scenario.push();
    expect(await scenario.settled(two)).toMatchObject({ status: "succeeded" });
    expect(await scenario.answer()).toBe("version two");

    // The server restarts while a deployment runs.
    const three = await scenario.commit("three", { delay: "4" });
    await scenario.push();
    await expect
      .poll(async () => (await scenario.store.deployments.history({ limit: 1 }))[0]?.phase, { interval: 50 })
      .toBe("building");
    await server.kill();
    await server.start();
    // Its runner waits and goes on, also if it was writing just as the server went away.
    expect(await scenario.settled(three)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(await scenario.answer()).toBe("version three");
    expect(scenario.daemonPid()).toBe(pid);
    expect(await scenario.stop()).toBe(0);
  });
});
