import type { TargetKey } from "../../domain/fraise.ts";

/** `[fraise] [environment]` of a command line, as a filter. */
export function targetFilter([fraise, environment]: readonly string[]): Partial<TargetKey> {
  return { ...(fraise === undefined ? {} : { fraise }), ...(environment === undefined ? {} : { environment }) };
}
