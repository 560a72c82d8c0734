import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withPassword } from "../../src/domain/postgres-url.ts";
import { openStore } from "../../src/store/store.ts";
import { isTurnOf } from "../crash/sample.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { createScenario, openGate, until, WAIT_AT_GATE } from "../helpers/scenario.ts";
import type { DeploymentRow, Scenario } from "../helpers/scenario.ts";

/** Places of a deployment in which the server goes away, and what becomes of the deployment if it stays away for longer than the patience. */
const PLACES = {
  building: { status: "succeeded", answer: "version two" },
  health_check: { status: "rolled_back", answer: "version one" },
  finalizing: { status: "succeeded", answer: "version two" },
} as const;
type Place = keyof typeof PLACES;
/** A run tries one of them, and the one in which everything is taken back wherever that matters. */
const PLACE_NAMES = (Object.keys(PLACES) as readonly Place[]).filter((place, _, all) => isTurnOf(place, all));

let server: PostgresServer;
let count = 0;

interface Away {
  readonly scenario: Scenario;
  readonly one: string;
  readonly two: string;
  readonly runner: number;
}

/** Version one runs, the deployment of version two has come to this place, and the server of the store was killed. */
async function awayIn(place: Place, patience: string): Promise<Away> {
  const url = withPassword(server.database(`away${(count += 1)}`, "empty"), undefined);
  const gate = (wanted: string): string =>
    `[ "$(cat $FRAISIER_APP_PATH/current/VERSION VERSION 2>/dev/null | tail -1)" = one ] || ${wanted}`;
  const scenario = await createScenario({
    storeOnServer: { url, password: server.password, keys: `patience: ${patience}` },
    stableForMs: place === "health_check" ? 2_000 : 100,
    environment: [
      place === "building" ? `install: { command: '${gate(WAIT_AT_GATE)}' }` : "",
      "hooks:",
      `  on_failure: ['touch $FRAISIER_APP_PATH/failing; ${WAIT_AT_GATE}']`,
      place === "finalizing" ? `  after_deploy: ['${gate(WAIT_AT_GATE)}']` : "",
    ].join("\n"),
  });
  await scenario.start();
  const one = await scenario.commit("one");
  await scenario.push();
  await scenario.settled(one, "succeeded");
  const two = await scenario.commit("two");
  await scenario.push();
  let row: DeploymentRow | undefined;
  await until(`the deployment is in ${place}`, async () => {
    const [newest] = await scenario.store.deployments.history({ limit: 1 });
    row = newest?.revision === two ? (await scenario.store.deployments.detail(newest.id))?.deployment : undefined;
    return row?.phase === place && row.runnerIdentity !== undefined;
  });
  await server.kill();
  return { scenario, one, two, runner: (JSON.parse(row?.runnerIdentity ?? "{}") as { pid: number }).pid };
}

const isGone = (pid: number): boolean => !existsSync(`/proc/${pid}/stat`);
const journals = ({ folder }: Scenario): readonly string[] => {
  const path = join(folder, "journals");
  return existsSync(path) ? readdirSync(path) : [];
};

describe.skipIf(!hasPostgres)("the server of the store is away while a deployment runs", () => {
  beforeAll(async () => {
    server = await startPostgres();
    await (await openStore(server.database("empty"))).close();
  });
  afterAll(async () => await server.stop());

  it.skipIf(!isTurnOf("short", ["short", "killed"])).each(PLACE_NAMES)(
    "for a short time in %s: the runner waits, and the deployment goes on",
    async (place) => {
      const { scenario, two } = await awayIn(place, "10m");
      openGate(scenario);
      await until("the runner waits", async () => /the runner waits up to 10 min for it/.test(scenario.daemonLog()));
      await server.start();
      expect(await scenario.settled(two)).toMatchObject({ status: "succeeded", attempt: 1 });
      expect(await scenario.answer()).toBe("version two");
      expect(journals(scenario)).toEqual([]);
    },
  );

  it.each([...new Set<Place>(["health_check", ...PLACE_NAMES])])(
    "for longer than the patience in %s: what is in doubt is taken back at once, and recorded later",
    async (place) => {
      const { scenario, one, two, runner } = await awayIn(place, "2s");
      openGate(scenario);
      await until("the runner has ended", async () => isGone(runner));
      // The server is still away.
      expect(await scenario.answer()).toBe(place === "building" ? "version one" : PLACES[place].answer);
      expect(journals(scenario)).toHaveLength(1);
      await server.start();
      const { status, answer } = PLACES[place];
      expect(await scenario.settled(two)).toMatchObject({ status, attempt: 2 });
      expect(await scenario.answer()).toBe(answer);
      const [state] = await scenario.store.targets.status({ fraise: "shop", environment: "production", job: "" });
      expect(state?.revision).toBe(status === "succeeded" ? two : one);
      expect(
        await scenario.store.targets.heldBack({ fraise: "shop", environment: "production", job: "" }, two),
      ).toBeUndefined();
      expect(journals(scenario)).toEqual([]);
    },
  );

  it("and its runner is killed behind the way back: the next runner records what was done", async () => {
    const { scenario, one, two, runner } = await awayIn("health_check", "2s");
    await until("everything was taken back", async () => existsSync(join(scenario.app, "failing")));
    process.kill(runner, "SIGKILL");
    expect(await scenario.answer()).toBe("version one");
    await server.start();
    openGate(scenario);
    expect(await scenario.settled(two)).toMatchObject({ status: "rolled_back", attempt: 2 });
    expect(await scenario.answer()).toBe("version one");
    const [state] = await scenario.store.targets.status({ fraise: "shop", environment: "production", job: "" });
    expect(state?.revision).toBe(one);
    expect(journals(scenario)).toEqual([]);
  });

  it.skipIf(!isTurnOf("killed", ["short", "killed"])).each(PLACE_NAMES)(
    "and its runner is killed while it waits in %s: the table of crashes says what follows",
    async (place) => {
      const { scenario, two, runner } = await awayIn(place, "10m");
      openGate(scenario);
      await until("the runner waits", async () => /the runner waits up to 10 min for it/.test(scenario.daemonLog()));
      process.kill(runner, "SIGKILL");
      await server.start();
      expect(await scenario.settled(two)).toMatchObject({ status: PLACES[place].status, attempt: 2 });
      expect(await scenario.answer()).toBe(PLACES[place].answer);
      expect(journals(scenario)).toEqual([]);
    },
  );
});
