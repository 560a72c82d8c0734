import type { Config } from "../../config/config.ts";
import { freezesOf } from "../../config/targets/freezes-of.ts";
import { freezeAt } from "../../domain/freeze.ts";
import type { FreezeWindow } from "../../domain/freeze.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/** The freeze window that each target lies in at this moment; undefined for a target that lies in none. */
export function freezeNow(config: Pick<Config, "targets">, now: Date): (key: TargetKey) => FreezeWindow | undefined {
  const windows = freezesOf(config);
  return (key) => freezeAt(windows(key), now);
}
