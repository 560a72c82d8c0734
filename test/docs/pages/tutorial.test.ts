import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/tutorial.md", {
  reader: "admin",
  after: { page: "docs/first-deployment.md", until: "## 5. Push" },
});

it("ends with the second version live again, after a failure and a rollback by hand", async () => {
  const history = JSON.parse(await machine.root("fraisier history --json")) as {
    readonly deployments: readonly { readonly status: string; readonly trigger: string }[];
  };
  expect(history.deployments.map(({ status, trigger }) => `${trigger} ${status}`)).toEqual([
    "person succeeded",
    "rollback succeeded",
    "delivery succeeded",
    "delivery rolled_back",
    "delivery succeeded",
    "delivery succeeded",
  ]);
  expect((await machine.fetch("http://127.0.0.1:8787/sign-in")).body).toContain("Sign in");
});
