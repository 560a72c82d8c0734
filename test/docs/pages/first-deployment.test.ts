import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/first-deployment.md", { reader: "admin" });

it("ends with the first version live, deployed by the unprivileged service", async () => {
  expect((await machine.fetch("http://127.0.0.1:8000/")).body).toBe("version 1\n");
  expect((await machine.root("stat -c %U /srv/shop/current/")).trim()).toBe("fraisier");
  const statuses = await machine.root("fraisier history --json");
  expect(
    (JSON.parse(statuses) as { deployments: { status: string }[] }).deployments.map((each) => each.status),
  ).toEqual(["rolled_back", "succeeded"]);
});
