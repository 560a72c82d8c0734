import type { Obstacle } from "../service-managers/obstacle.ts";
import type { PreviewContext } from "./step.ts";

/** What would keep a deployment from restarting its service, starting its timer or reading its log: known before anything is touched. */
export async function serviceObstacles({
  target: { settings },
  service,
  units,
  previousRevision,
}: Pick<PreviewContext, "target" | "service" | "units" | "previousRevision">): Promise<readonly Obstacle[]> {
  // Only these two ways back stop a service: one that ran nothing before, and a database that is restored.
  const mayStop = previousRevision === undefined || settings.rollback.restore_database;
  const output =
    settings.verify?.checks.some(({ type, on_failure }) => type === "log" && on_failure !== "warn") === true;
  const verbs = mayStop ? (["restart", "stop"] as const) : (["restart"] as const);
  return [
    ...((await service?.obstacles({ verbs, output })) ?? []),
    ...(settings.job === undefined ? [] : ((await units?.obstacles(settings.job)) ?? [])),
  ];
}
