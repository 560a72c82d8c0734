import { storeFileOf } from "../config/secrets/store-file.ts";
import { targetName } from "../domain/fraise.ts";
import { findDamages } from "../repairs/find-damages.ts";
import { repairs } from "../repairs/index.ts";
import { isMending } from "../repairs/repair.ts";
import { fine, skipped, warned } from "./diagnosis.ts";
import type { Examination } from "./diagnosis.ts";

/** Whether killed processes or power cuts have left something that keeps deployments from working. */
export const remains: Examination = {
  name: "remains",
  async examine({ config, store, host, targets }) {
    if (config === undefined || store === undefined)
      return [skipped("remains", "they are looked for once fraises.yaml and the store can be read")];
    const scene = { config, store, host, targets, isWhole: targets.length === config.targets.length };
    const more = { storeFile: storeFileOf(config), isServed: true, isThorough: false };
    const damages = await findDamages({ ...scene, ...more }, repairs);
    if (damages.length === 0) return [fine("remains", "nothing that was killed has left anything broken")];
    return damages.map(({ kind, what, targets: [only, ...others], remedy }) => {
      const name = only === undefined || others.length > 0 ? "" : ` ${targetName(only)}`;
      return warned(`broken ${kind}`, what, isMending(remedy) ? `sudo fraisier repair${name}` : remedy.byHand);
    });
  },
};
