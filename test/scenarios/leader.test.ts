import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { openStore } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { LOADED } from "../helpers/loaded.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

let server: PostgresServer;

/** The longest time without a leader, with what a busy machine adds. */
const WITHOUT_MS = 10_000;

interface Leader {
  readonly term: number;
  readonly host: string;
}

const leaderIn = async ({ store }: Scenario): Promise<Leader> => (await store.hosts.leader()) ?? { term: 0, host: "" };

/** Waits until another term has begun, and gives its leader and how long that took. */
async function nextLeader(scenario: Scenario, before: Leader): Promise<Leader & { readonly afterMs: number }> {
  const began = performance.now();
  await until("another leader", async () => (await leaderIn(scenario)).term > before.term);
  return { ...(await leaderIn(scenario)), afterMs: performance.now() - began };
}

describe.skipIf(!hasPostgres)("three daemons on one PostgreSQL server", () => {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => await server.stop());

  it("have one leader; if it is killed, frozen or cut off, another one leads within ten seconds, and the old term writes nothing", async () => {
    const database = server.database("led");
    const storeOnServer = { url: withPassword(database, undefined), password: server.password };
    const scenarios = new Map<string, Scenario>();
    for (const name of ["web1", "web2", "web3"])
      scenarios.set(name, await createScenario({ storeOnServer, server: `name: ${name}` }));
    const of = (name: string): Scenario => {
      const found = scenarios.get(name);
      if (found === undefined) throw new Error(`there is no host ${name}`);
      return found;
    };
    const look = of("web1");
    for (const each of scenarios.values()) await each.start();
    await until("a leader", async () => (await leaderIn(look)).term > 0);
    const first = await leaderIn(look);

    // Killed: the server frees the leadership at once.
    await of(first.host).stop("SIGKILL");
    const second = await nextLeader(look, first);
    expect(second.host).not.toBe(first.host);
    expect(second.afterMs).toBeLessThan(LOADED * WITHOUT_MS);
    await of(first.host).start();

    // Frozen: its connections stay, and it says nothing.
    const frozen = of(second.host).daemonPid() ?? 0;
    process.kill(frozen, "SIGSTOP");
    const third = await nextLeader(look, second);
    process.kill(frozen, "SIGCONT");
    expect(third.host).not.toBe(second.host);
    expect(third.afterMs).toBeLessThan(LOADED * WITHOUT_MS);

    // Its session is ended by the server: it may lead again, or another one does, but in a term of its own.
    server.query(
      database,
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'advisory' and a.query like '%fraisier_claim%'`,
    );
    const fourth = await nextLeader(look, third);
    expect(fourth.term).toBe(third.term + 1);
    expect(fourth.afterMs).toBeLessThan(LOADED * WITHOUT_MS);

    // Writes of a term that is over are refused, and those of the term in force are made.
    const store = await openStore(withPassword(storeOnServer.url, server.password));
    try {
      await expect(store.leading(third.term).sweeps.record("acme/shop", "", [])).rejects.toThrow(
        `its term ${third.term} is over, and ${fourth.host} leads in term ${fourth.term}`,
      );
      await expect(store.leading(third.term).upkeep.forget("logs", "0")).rejects.toThrow("is over");
      await store.leading(fourth.term).sweeps.record("acme/shop", "", []);
      expect(server.query(database, "select repository from tb_sweep where repository = 'acme/shop'")).toEqual([
        "acme/shop",
      ]);
    } finally {
      await store.close();
    }
    // The one that was frozen goes on as a host.
    const { stdout } = await look.fraisier("hosts", "--json");
    const { hosts } = JSON.parse(stdout) as {
      readonly hosts: readonly { readonly name: string; readonly leads: boolean }[];
    };
    expect(hosts.filter(({ leads }) => leads).map(({ name }) => name)).toEqual([fourth.host]);
  });
});
