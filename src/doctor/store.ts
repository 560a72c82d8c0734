import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding } from "./diagnosis.ts";
import { thrown } from "./examine.ts";
import { counted } from "../domain/counted.ts";

const OLD_BACKUP_DAYS = 7;
const REACH =
  "Look at the network of the daemon and at the server. The daemon goes on by itself once it reaches the store.";

/** Whether everything that fraisier remembers can be opened. */
export const store: Examination = {
  name: "store",
  async examine({ config, store: opened, storeError, daemonsFault, now }) {
    if (config === undefined) return [skipped("store", "fraises.yaml does not say where it is")];
    if (storeError !== undefined) return [thrown("store", storeError)];
    if (opened === undefined) return [skipped("store", "there is none yet: the daemon makes it when it starts")];
    const refusal = opened.onlyReads();
    if (refusal !== undefined) return [warned("store", refusal.message, refusal.hint ?? "Install the newer fraisier.")];
    const size = await opened.size();
    const daemons = await opened.daemons.all();
    const used = size > config.store.max_size ? await opened.usedSize() : size;
    if (used > config.store.max_size)
      return [
        failed("store", `it has ${used} bytes, more than store.max_size`, "fraisier prune, or a larger store.max_size"),
      ];
    const backup = await opened.upkeep.lastBackup();
    const isUsed = (await opened.upkeep.newestId()) !== undefined || (await opened.variables.recipient()).isUsed;
    const known = `${counted(daemons.length, "daemon")} known`;
    const opens = fine("store", `it opens (${Math.ceil(size / 2 ** 20)} MiB, ${known})`);
    const found = isUsed ? [opens, backupAge(backup?.at, now)] : [opens];
    return daemonsFault === undefined ? found : [...found, failed("daemon", daemonsFault, REACH)];
  },
};

/** Pure: without a backup the key is on this disk alone, and with it every variable. */
export function backupAge(at: string | undefined, now: Date): Finding {
  const check = "backup";
  const remedy = "sudo fraisier store backup <file>, and keep the file on another machine: docs/disaster-recovery.md";
  if (at === undefined) return warned(check, "store, configuration and key were never backed up", remedy);
  const days = Math.floor((now.getTime() - Date.parse(at)) / 86_400_000);
  const age = `the last backup of store, configuration and key is from ${at}`;
  return days >= OLD_BACKUP_DAYS ? warned(check, `${age}, ${days} days ago`, remedy) : fine(check, age);
}
