import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/** The parts of a target's name. */
export function keyOf({ target }: Pick<TargetStatus, "target">): TargetKey {
  const [fraise = "", environment = "", job = ""] = target.split("/");
  return { fraise, environment, job };
}
