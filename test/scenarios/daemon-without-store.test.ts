import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeToken, signIn } from "../helpers/dashboard.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario, freePort } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

let server: PostgresServer;

describe.skipIf(!hasPostgres)("a daemon that cannot reach its store", () => {
  beforeAll(async () => {
    server = await startPostgres({ port: await freePort() });
  });
  afterAll(async () => await server.stop());

  it("is named with the time by status, doctor, the API and the page, also by commands that cannot reach it either", async () => {
    const url = new URL(server.database("fraisier"));
    url.password = "";
    url.searchParams.set("connect_timeout", "1");
    const folder = temporaryFolder();
    const scenario = await createScenario({
      storeOnServer: { url: url.href, password: server.password },
      server: `read_socket: ${join(folder, "read.sock")}, control_socket: ${join(folder, "control.sock")}`,
    });
    await scenario.start();
    const pid = scenario.daemonPid();
    expect(JSON.parse((await scenario.fraisier("status", "--json")).stdout)).toMatchObject({ daemon: { pid } });

    const ann = await signIn(scenario, await makeToken(scenario, "--name", "ann", "--scope", "read"));
    await server.kill();
    await expect.poll(async () => (await fetch(`${scenario.url}/health`)).status).toBe(503);
    const named = new RegExp(
      `The daemon on \\S+ \\(process ${pid}\\) cannot reach the store since 20\\d\\d-\\S+Z: the server of the store`,
    );
    const status = await scenario.fraisier("status");
    expect(status).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(named) });
    expect(status.stderr).not.toContain(server.password);
    const doctor = await scenario.fraisier("doctor", "--json");
    expect(doctor.exitCode).toBe(2);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ check: "store", status: "error", message: expect.stringMatching(named) }),
      ]),
    });
    const page = await ann.get("/");
    expect(page.status).toBe(503);
    expect(await page.text(), page.headers.get("content-type") ?? "").toMatch(
      /This daemon has not reached it since 20\d\d-/,
    );
    await server.start();
    await expect.poll(async () => (await fetch(`${scenario.url}/health`)).status).toBe(200);
    expect(await scenario.fraisier("status")).toMatchObject({ exitCode: 0 });
  });
});
