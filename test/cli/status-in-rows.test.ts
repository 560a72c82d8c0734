import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createScenario, until } from "../helpers/scenario.ts";
import { revision, wanted } from "../helpers/store.ts";

it("status prints targets as they answer if the slower ones take long, and says nothing twice", async () => {
  const names = ["one", "two"];
  const scenario = await createScenario({
    fraises: names
      .map(
        (name) => `${name}:
  type: api
  repository: acme/${name}
  clone_url: $FOLDER/none.git
  environments:
    production:
      branch: main
      app_path: $FOLDER/${name}
      service: { manager: command, restart: ["true"], status: "test ${name} = one || until test -e $FOLDER/gate; do sleep 0.05; done" }
`,
      )
      .join(""),
  });
  for (const fraise of names) {
    const key = { fraise, environment: "production", job: "" };
    const { deployment } = await scenario.store.queue.enqueue(key, "person", wanted(revision("a")));
    await scenario.store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    await scenario.store.queue.adopt(deployment, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
    await scenario.store.deployments.settle(deployment, "runner", { outcome: "succeeded", reason: "", hint: "" });
  }
  const { child, ended } = scenario.fraisierStarts("status");
  let early = "";
  child.stdout?.on("data", (chunk: string) => (early += chunk));
  await until("the first rows", async () => early.includes("one/production"));
  expect(early).not.toContain("two/production");
  writeFileSync(join(scenario.folder, "gate"), "");
  const { exitCode, stdout } = await ended;
  expect(exitCode).toBe(0);
  for (const part of ["TARGET", "one/production", "two/production", "shop/production"])
    expect(stdout.match(new RegExp(`^${part}\\b`, "gm"))).toHaveLength(1);
});
