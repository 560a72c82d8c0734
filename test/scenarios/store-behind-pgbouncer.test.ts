import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withDirect, withPassword } from "../../src/domain/postgres-url.ts";
import { hasPgBouncer, startPgBouncer } from "../helpers/pgbouncer.ts";
import type { PgBouncer } from "../helpers/pgbouncer.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario, freePort } from "../helpers/scenario.ts";

let server: PostgresServer;
let pooler: PgBouncer;
let port: number;

describe.skipIf(!hasPostgres || !hasPgBouncer)("with the store behind PgBouncer in transaction mode", () => {
  beforeAll(async () => {
    port = await freePort();
    server = await startPostgres({ port });
    pooler = await startPgBouncer({ server, serverPort: port, port: await freePort(), mode: "transaction" });
  });
  afterAll(async () => {
    await pooler.stop();
    await server.stop();
  });

  it("pushes go live, one after the other", async () => {
    const database = server.database("fraisier");
    const direct = `postgres://127.0.0.1:${port}/fraisier`;
    const url = withDirect(withPassword(pooler.through(database), undefined), direct);
    const scenario = await createScenario({ storeOnServer: { url, password: server.password } });
    await scenario.start();
    for (const version of ["one", "two"]) {
      const pushed = await scenario.commit(version);
      await scenario.push();
      expect(await scenario.settled(pushed)).toMatchObject({ status: "succeeded" });
      expect(await scenario.answer()).toBe(`version ${version}`);
    }
    expect(await scenario.fraisier("store", "check")).toMatchObject({ exitCode: 0 });
    expect(scenario.daemonLog()).not.toContain(server.password);
    expect(await scenario.stop()).toBe(0);
  });
});
