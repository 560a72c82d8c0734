import { createHmac } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";

it("a mirror of Bitbucket that lists no refs makes fraisier ask that repository at once", async () => {
  // Sweeps come once a day: what is deployed within seconds was asked for.
  const scenario = await createScenario({ deployment: "sweep_interval: 24h" });
  const config = join(scenario.folder, "fraises.yaml");
  const text = readFileSync(config, "utf8")
    .replace("git:\n", 'git:\n  bitbucket: { webhook_secret: "${SCENARIO_SECRET}" }\n')
    .replace("    repository: acme/shop\n", "    git: { provider: bitbucket }\n    repository: ACME/shop\n");
  writeFileSync(config, text);
  rmSync(join(scenario.bare, "hooks/post-receive"));
  await scenario.commit("1");
  await scenario.push();
  await scenario.start();
  // The first look writes down where the refs point; the push after it is not known to any deployment.
  await expect
    .poll(
      async () =>
        (await scenario.store.sweeps.knownRefs({ fraise: "shop", environment: "production", job: "" })).isSwept,
    )
    .toBe(true);
  const second = await scenario.commit("2");
  await scenario.push();
  const body = readFileSync(
    join(import.meta.dirname, "../fixtures/webhooks/bitbucket/dc-mirror-synchronized.body"),
    "utf8",
  )
    .replaceAll('"key":"~gopher"', '"key":"ACME"')
    .replaceAll('"slug":"webhook-test"', '"slug":"shop"');
  const response = await fetch(`${scenario.url}/webhook/bitbucket`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-event-key": "mirror:repo_synchronized",
      "x-hub-signature": `sha256=${createHmac("sha256", scenario.secret).update(body).digest("hex")}`,
    },
  });
  expect(await response.json()).toMatchObject({
    decisions: [
      {
        decision: "asked",
        reason: "the push changed more refs than Bitbucket lists: the repository is asked for its refs now",
      },
    ],
  });
  expect(await scenario.settled(second)).toMatchObject({ status: "succeeded", trigger: "sweep" });
  const told = (await scenario.fraisier("why", "shop", "production")).stdout;
  expect(told).toContain("a sweep of ACME/shop found a ref that no deployment knew of.");
  expect(told).toContain("was queued: found by a sweep.");
});
