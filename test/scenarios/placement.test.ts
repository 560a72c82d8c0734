import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StatusDocument } from "../../src/answers/schemas/status-document.ts";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

let server: PostgresServer;

/** A host with a daemon, and with folders of its own. */
async function hostOf(database: string, name: string, environment = ""): Promise<Scenario> {
  const storeOnServer = { url: withPassword(database, undefined), password: server.password };
  return await createScenario({ storeOnServer, server: `name: ${name}`, environment });
}

async function statusAt({ fraisier }: Scenario): Promise<StatusDocument> {
  return JSON.parse((await fraisier("status", "--json")).stdout) as StatusDocument;
}

describe.skipIf(!hasPostgres)("two daemons that share a store", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("a push to a target on one host is never started by the other, not even if the first is dead", async () => {
    const database = server.database("placement");
    const web1 = await hostOf(database, "web1", "hosts: [web1]");
    const web2 = await hostOf(database, "web2", "hosts: [web1]");
    await web1.start();
    await web2.start();
    const one = await web1.commit("one");
    await web1.push();
    expect(await web1.settled(one)).toMatchObject({ status: "succeeded" });

    // The delivery arrives at the host on which the target does not live.
    await web1.stop("SIGKILL");
    const two = await web1.commit("two");
    await web1.git("push", "-q", web1.bare, "HEAD:refs/heads/main").catch(() => "");
    expect((await web2.deliver({ before: one, after: two })).status).toBe(200);
    await until("the deployment to wait", async () => {
      const [target] = (await statusAt(web2)).targets;
      return target?.waiting_revision === two;
    });
    const [target] = (await statusAt(web2)).targets;
    expect(target).toMatchObject({
      target: "shop/production",
      host: "web1",
      revision: one,
      running_id: null,
      drift: "",
    });
    const table = await web2.fraisier("status");
    expect(table.stdout).toMatch(/HOST/);
    expect(table.stdout).toMatch(/shop\/production\s+web1/);

    await web1.start();
    expect(await web1.settled(two)).toMatchObject({ status: "succeeded" });
    expect(web2.daemonLog()).not.toContain('"starting"');
  });
});
