import type { FreezeWindow } from "../../domain/freeze.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Config } from "../config.ts";

/** The freeze windows of a target; none for one that fraises.yaml no longer has. */
export function freezesOf(config: Pick<Config, "targets">): (key: TargetKey) => readonly FreezeWindow[] {
  const windows = new Map(config.targets.map((target) => [targetName(target), target.settings.freeze]));
  return (key) => windows.get(targetName(key)) ?? [];
}
