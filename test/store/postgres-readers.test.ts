import { afterAll, beforeAll, describe } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import type { PostgresServer } from "../helpers/postgres.ts";
import { storesAt } from "../helpers/store.ts";

/** Parts of fraisier that read and write the store give the same documents and decisions on PostgreSQL. */
describe.skipIf(!hasPostgres)("on PostgreSQL", async () => {
  let server: PostgresServer;
  let count = 0;

  beforeAll(async () => {
    server = await startPostgres();
    await (await openStore(server.database("empty"))).close();
    storesAt(() => server.database(`store${(count += 1)}`, "empty"));
  });
  afterAll(async () => await server.stop());

  await import("../answers/status-of-many.test.ts");
  await import("../cli/database-documents.test.ts");
  await import("../cli/take-target.test.ts");
  await import("../http/read-routes.test.ts");
  await import("../pages/deliveries-pages.test.ts");
  await import("../pages/deployment-page.test.ts");
  await import("../pipeline/changes.test.ts");
  await import("../pipeline/output-log.test.ts");
  await import("../pipeline/skipped.test.ts");
  await import("../security/refused-rows.test.ts");
  await import("../sweep/drift-watch.test.ts");
  await import("../sweep/sweeper.test.ts");
});
