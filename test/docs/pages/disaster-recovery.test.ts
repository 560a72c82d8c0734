import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/disaster-recovery.md");

it("ends with a daemon that works with the restored store", async () => {
  const counted = JSON.parse(await machine.root("fraisier store check --json")) as { readonly daemon: unknown };
  expect(counted.daemon).not.toBeNull();
});
