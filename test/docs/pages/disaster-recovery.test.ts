import { expect, it } from "vitest";
import { runPage } from "../run-page.ts";

const machine = runPage("docs/disaster-recovery.md");

it("ends with a daemon that works with the restored store", async () => {
  const daemon = `fraisier store check --json | grep -v '"daemon": *null' | grep '"daemon":'`;
  expect(await machine.until("the daemon works", daemon)).toContain("daemon");
});
