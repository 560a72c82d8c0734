import type { Obstacle } from "../../service-managers/obstacle.ts";
import { runsElsewhere } from "./runs-elsewhere.ts";
import type { PreviewContext } from "../capabilities.ts";

/** The obstacles that would keep a deployment from restarting its service, starting its timer or reading its log: known before anything is touched. */
export async function serviceObstacles(
  context: PreviewContext<"running" | "service" | "units">,
): Promise<readonly Obstacle[]> {
  const { service, units, previousRevision } = context;
  const { settings } = context.target;
  // Only these two ways back stop a service: one that ran nothing before, and a database that is restored.
  const mayStop = previousRevision === undefined || settings.rollback.restore_database;
  const output =
    settings.verify?.checks.some(({ type, on_failure }) => type === "log" && on_failure !== "warn") === true;
  const verbs = mayStop ? (["restart", "stop"] as const) : (["restart"] as const);
  const refusals = (await service?.obstacles({ verbs, output })) ?? [];
  const elsewhere = refusals.length > 0 ? undefined : await runsElsewhere(context);
  return [
    ...refusals,
    ...(elsewhere === undefined ? [] : [elsewhere]),
    ...(settings.job === undefined ? [] : ((await units?.obstacles(settings.job)) ?? [])),
  ];
}
