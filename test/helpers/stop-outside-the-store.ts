import { join } from "node:path";
import Database from "better-sqlite3";
import type { Scenario } from "./scenario.ts";

/** Stops a process of fraisier that is not in a transaction at that moment: a stopped process that holds the store's lock would stop everybody. */
export function stopOutsideTheStore({ folder }: Pick<Scenario, "folder">, pid: number): void {
  const store = new Database(join(folder, "fraisier.db"), { timeout: 30_000 });
  store.exec("begin immediate");
  process.kill(pid, "SIGSTOP");
  store.exec("rollback");
  store.close();
}
