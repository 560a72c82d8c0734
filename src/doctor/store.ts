import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination } from "./diagnosis.ts";
import { thrown } from "./examine.ts";

/** Whether everything that fraisier remembers can be opened. */
export const store: Examination = {
  name: "store",
  async examine({ config, store: opened, storeError }) {
    if (config === undefined) return [skipped("store", "fraises.yaml does not say where it is")];
    if (storeError !== undefined) return [thrown("store", storeError)];
    if (opened === undefined) return [skipped("store", "there is none yet: the daemon makes it when it starts")];
    const refusal = opened.onlyReads();
    if (refusal !== undefined) return [warned("store", refusal.message, refusal.hint ?? "Install the newer fraisier.")];
    const size = await opened.size();
    const daemons = await opened.daemons();
    if (size > config.store.max_size)
      return [
        failed("store", `it has ${size} bytes, more than store.max_size`, "fraisier prune, or a larger store.max_size"),
      ];
    return [
      fine(
        "store",
        `it opens (${Math.ceil(size / 2 ** 20)} MiB, ${daemons.length} daemon${daemons.length === 1 ? "" : "s"} known)`,
      ),
    ];
  },
};
