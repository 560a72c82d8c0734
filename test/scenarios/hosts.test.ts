import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostsDocument } from "../../src/answers/schemas/hosts-document.ts";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

let server: PostgresServer;

/** A scenario whose daemon is a host of that name, with the store in a database of the server. */
async function hostOf(database: string, server_: string): Promise<Scenario> {
  const storeOnServer = { url: withPassword(database, undefined), password: server.password };
  return await createScenario({ storeOnServer, server: server_ });
}

async function hosts({ fraisier }: Scenario): Promise<HostsDocument> {
  return JSON.parse((await fraisier("hosts", "--json")).stdout) as HostsDocument;
}

const states = async (scenario: Scenario): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await hosts(scenario)).hosts.map(({ name, state }) => [name, state]));

describe("a single host with a store in a file", () => {
  it("is shown, drained and resumed like one of several", async () => {
    const scenario = await createScenario({ server: "name: web1, labels: [web, eu]" });
    await scenario.start();
    expect(await hosts(scenario)).toMatchObject({
      hosts: [{ name: "web1", labels: ["web", "eu"], state: "alive", is_here: true, pid: scenario.daemonPid() }],
      differences: [],
    });
    const api = await fetch(`${scenario.url}/api/v1/hosts`);
    expect(api.status).toBe(401);
    expect(await scenario.fraisier("hosts", "drain", "web1", "--reason", "new disk")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("web1 starts nothing more until fraisier hosts resume web1"),
    });
    const revision = await scenario.commit("one");
    await scenario.push();
    await until("the deployment to wait", async () =>
      (await scenario.fraisier("why", "shop/production")).stdout.includes("drained the host web1: new disk"),
    );
    expect((await scenario.fraisier("hosts", "forget", "web1")).stderr).toContain("web1 is not silent");
    expect(await scenario.fraisier("hosts", "resume", "web1")).toMatchObject({ exitCode: 0 });
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    await scenario.stop("SIGKILL");
    expect(await states(scenario)).toEqual({ web1: "silent" });
    expect(await scenario.fraisier("hosts", "forget", "web1")).toMatchObject({ exitCode: 0 });
    expect((await scenario.fraisier("hosts")).stdout).toContain("No daemon has served this store yet");
  });
});

describe.skipIf(!hasPostgres)("several hosts with the store on a PostgreSQL server", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("are shown with what differs; a silent one is shown as silent, and can be forgotten", async () => {
    const database = server.database("shown");
    const web1 = await hostOf(database, "name: web1");
    const web2 = await hostOf(database, "name: web2, labels: web");
    await web1.start();
    await web2.start();
    await until("both to give a sign of life", async () => {
      const { web1: one, web2: two } = await states(web1);
      return one === "alive" && two === "alive";
    });
    const document = await hosts(web1);
    expect(document.hosts).toMatchObject([
      { name: "web1", is_here: true, pid: web1.daemonPid(), labels: [] },
      { name: "web2", is_here: false, pid: web2.daemonPid(), labels: ["web"] },
    ]);
    for (const host of document.hosts) {
      expect(host.free_bytes).toBeGreaterThan(0);
      expect(host.load_percent).toBeGreaterThanOrEqual(0);
    }
    // Each scenario has folders of its own, which stand in its fraises.yaml.
    expect(document.differences).toMatchObject([{ what: "configuration" }]);
    const table = await web1.fraisier("hosts");
    expect(table.stdout).toMatch(/^web1 +alive(?:, leads)? .*\nweb2 +alive(?:, leads)? /m);
    expect(table.stdout).toContain("The hosts differ in their fraises.yaml: ");

    await web2.stop("SIGKILL");
    // Thirty seconds pass for the store.
    server.query(database, "update tb_host set seen_at = '2026-01-01T00:00:00.000Z' where name = 'web2'");
    expect(await states(web1)).toEqual({ web1: "alive", web2: "silent" });
    expect(await web1.fraisier("hosts", "forget", "web1")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("web1 is not silent"),
    });
    expect(await web1.fraisier("hosts", "forget", "web2")).toMatchObject({ exitCode: 0 });
    expect(await states(web1)).toEqual({ web1: "alive" });
    await web2.start();
    await until("it to be known again", async () => (await states(web1))["web2"] === "alive");
  });

  it("have a name each: a second daemon of a name does not start and names the first, and one that was killed starts again at once", async () => {
    const database = server.database("named");
    const first = await hostOf(database, "name: web1");
    const second = await hostOf(database, "name: web1");
    await first.start();
    const refused = await second.fraisier("serve");
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain("another daemon serves the host web1 on this store");
    expect(refused.stderr).toContain(`process ${first.daemonPid()} on the machine`);
    expect(refused.stderr).toContain(`listens on ${new URL(first.url).host}`);
    expect(refused.stderr).toContain("set server.name in");
    // Two that start at once: exactly one of them serves.
    await first.stop("SIGKILL");
    const began = performance.now();
    const both = await Promise.allSettled([first.start(), second.start()]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await hosts(first)).hosts).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it("keep their names when the server ends their connections", async () => {
    const database = server.database("kept");
    const scenario = (await hostOf(database, "name: web1")).with({ FRAISIER_LOG: "info" });
    await scenario.start();
    await until("a sign of life", async () => (await states(scenario))["web1"] === "alive");
    const other = await hostOf(database, "name: web1");
    server.query(
      database,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await until("the name to be taken again", async () =>
      scenario.daemonLog().includes("the name of this host is taken again"),
    );
    expect((await other.fraisier("serve")).exitCode).toBe(3);
    expect(scenario.isServing()).toBe(true);
  });
});
