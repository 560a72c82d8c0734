import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../src/domain/errors.ts";
import { newId } from "../../src/domain/id.ts";
import { storePatience } from "../../src/pipeline/store-patience.ts";
import { openStore } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { startStandby } from "../helpers/postgres-standby.ts";
import type { PostgresStandby } from "../helpers/postgres-standby.ts";
import { freePort } from "../helpers/scenario.ts";
import { delivery, revision } from "../helpers/store.ts";

const LEASE_MS = 30_000;
const DELIVERIES = 24;

let primary: PostgresServer;
let standby: PostgresStandby;
let ports: readonly [number, number];

describe.skipIf(!hasPostgres)("a store whose server fails over to its standby", () => {
  beforeAll(async () => {
    ports = [await freePort(), await freePort()];
    primary = await startPostgres({ port: ports[0] });
  });
  afterAll(async () => {
    await standby.stop();
    await primary.stop();
  });

  it("has every delivery once and every write of a runner once, with both hosts in the URL", async () => {
    primary.database("fraisier");
    standby = await startStandby(primary, { primaryPort: ports[0], port: ports[1] });
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(",");
    const url = `postgres://ann:${encodeURIComponent(primary.password)}@${hosts}/fraisier?target_session_attrs=read-write&sslmode=disable&connect_timeout=2`;
    // A delivery is given up after a moment, as the daemon does; its forge sends it again.
    const inbox = await openStore(url, { patienceMs: () => 1_000 });
    const runners = await openStore(url, { patienceMs: () => 1_000 });
    const calls = runners.persisting?.(storePatience({ patienceMs: 60_000 }));
    if (calls === undefined) throw new Error("a store on a server persists");
    try {
      const [first] = await inbox.deliveries.record([delivery(revision("f"))]);
      const id = first?.decisions[0]?.deployment ?? "";
      const owner = newId();
      await inbox.queue.claim(id, { leaseMs: LEASE_MS, claimer: "{}" });
      expect(await calls.queue.adopt(id, { owner, kind: "process", identity: "{}" }, LEASE_MS)).toBe(true);

      let refused = 0;
      let recorded = 0;
      const send = async (): Promise<void> => {
        for (let sent = 0; sent < DELIVERIES; sent += 1) {
          const wished = delivery(sent.toString(16).padStart(40, "0"));
          for (;;)
            try {
              await inbox.deliveries.record([wished]);
              recorded += 1;
              break;
            } catch (error) {
              expect(error).toBeInstanceOf(StoreUnavailable);
              refused += 1;
            }
        }
      };
      const run = async (): Promise<void> => {
        for (let progress = 1; progress <= DELIVERIES; progress += 1)
          await calls.deployments.enterPhase(id, owner, { phase: "building", progress, metadata: { progress } });
      };
      const fail = async (): Promise<void> => {
        await expect.poll(() => recorded, { interval: 5 }).toBeGreaterThan(2);
        await primary.kill();
        await expect.poll(() => refused, { interval: 20 }).toBeGreaterThan(0);
        standby.promote();
      };
      await Promise.all([send(), run(), fail()]);

      // Each delivery wished for a revision of its own: it is on record as a deployment, and as no second one.
      const deployments = await inbox.deployments.history({ limit: 100 });
      expect(deployments).toHaveLength(DELIVERIES + 1);
      expect(new Set(deployments.map((each) => each.revision)).size).toBe(DELIVERIES + 1);
      const detail = await inbox.deployments.detail(id);
      expect(detail?.deployment).toMatchObject({ attempt: 1, status: "running" });
      expect(detail?.phases.map(({ metadata }) => metadata["progress"])).toEqual(
        Array.from({ length: DELIVERIES }, (_, index) => index + 1),
      );
      const kept = new Set(deployments.map((each) => each.revision)).size;
      console.info(
        `failover: ${DELIVERIES} deliveries sent, ${refused} refused and sent again, ${DELIVERIES + 1 - kept} lost, ${deployments.length - kept} doubled`,
      );
    } finally {
      await inbox.close();
      await runners.close();
    }
  });
});
