import type { DeploymentStatus } from "../../domain/deployment.ts";
import type { Print } from "./print.ts";

/** Only a revision that runs as wanted is green; a successful rollback is still a failure. */
export function outcomeStyle(print: Print, status: DeploymentStatus): string {
  switch (status) {
    case "succeeded":
      return print.style("green", status);
    case "failed":
    case "rolled_back":
    case "rollback_failed":
      return print.style("red", status);
    case "running":
    case "rolling_back":
    case "queued":
      return print.style("cyan", status);
    default:
      return print.style("dim", status);
  }
}
