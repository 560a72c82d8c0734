import type { Config } from "../config/config.ts";
import { lendersOf } from "../config/targets/code-from.ts";
import { freezesOf } from "../config/targets/freezes-of.ts";
import type { TurnSettings } from "../queue/next-turn.ts";

/** The settings of fraises.yaml by which the queue decides what may start. */
export function turnSettings(config: Pick<Config, "deployment" | "targets">): TurnSettings {
  return {
    concurrency: config.deployment.concurrency,
    freezeOf: freezesOf(config),
    lenderOf: lendersOf(config.targets),
  };
}
