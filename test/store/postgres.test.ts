import { afterAll, beforeAll, describe } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { storesAt } from "../helpers/store.ts";

/** Every test of these files knows nothing of the engine: here it runs on PostgreSQL. */
describe.skipIf(!hasPostgres)("on PostgreSQL", async () => {
  let server: PostgresServer;
  let count = 0;

  beforeAll(async () => {
    server = await startPostgres();
    // A copy of an empty store is cheaper than the migrations.
    await (await openStore(server.database("empty"))).close();
    storesAt(() => server.database(`store${(count += 1)}`, "empty"));
  });
  afterAll(async () => await server.stop());

  await import("./bring-back-replaced.test.ts");
  await import("./cancel-deployment.test.ts");
  await import("./deployment-options.test.ts");
  await import("./enqueue-deployment.test.ts");
  await import("./record-deliveries.test.ts");
  await import("./verification.test.ts");
  await import("./claim-deployment.test.ts");
  await import("./no-row-leaves.test.ts");
  await import("../answers/deployment-advice.test.ts");
  await import("../answers/follow.test.ts");
  await import("../answers/living-daemon.test.ts");
  await import("../hosts/hosts.test.ts");
  await import("../queue/failed-launches.test.ts");
  await import("../queue/living-locks.test.ts");
  await import("../sweep/sweep-store.test.ts");
});
