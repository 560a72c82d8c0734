import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forgeNamed } from "../../src/webhooks/choose-forge.ts";
import { forges } from "../../src/forges/index.ts";
import { createRouter } from "../../src/routing/route.ts";

it("a tag of Gogs, which sends it as create alone, never stays without a deployment", async () => {
  const folder = join(import.meta.dirname, "../fixtures/webhooks/gitea");
  const { headers } = JSON.parse(readFileSync(join(folder, "gogs-create-tag.json"), "utf8")) as {
    headers: Record<string, string>;
  };
  const forge = forgeNamed("gogs", forges);
  const reading = await forge?.parse({ headers, body: readFileSync(join(folder, "gogs-create-tag.body")) });
  if (forge === undefined || reading === undefined) throw new Error("Gogs is known");
  const subscription = { forge: forge.name, repository: "unknwon/webhooks", branches: [], tags: ["v*"], paths: [] };
  const route = createRouter([{ fraise: "api", environment: "production", job: "", subscription }]);
  expect(route(forge.name, reading)).toMatchObject([
    { kind: "wish", target: { fraise: "api" }, wanted: { ref: { kind: "tag", name: "v1.0" } } },
  ]);
});
