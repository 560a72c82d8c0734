import { join } from "node:path";
import { HostUnavailable } from "../../domain/errors.ts";
import type { Obstacle } from "../../service-managers/obstacle.ts";
import type { StepContext } from "../capabilities.ts";

type Look = Pick<StepContext<"service">, "target" | "service">;

/** Set if the service's unit gets its code from another folder than the target's: a deployment would succeed, and the old code would go on running. */
export async function runsElsewhere(context: Look): Promise<Obstacle | undefined> {
  const origin = await originOf(context, false);
  return origin?.kind === "other" ? asObstacle(context, origin) : undefined;
}

/** Going forward, once the service was restarted or has become healthy. @throws HostUnavailable if another release or checkout runs. */
export async function refuseOtherCode(context: Look & Pick<StepContext<never>, "log">): Promise<void> {
  const origin = await originOf(context, true);
  if (origin?.kind === "other") {
    const { problem, hint } = asObstacle(context, origin);
    throw new HostUnavailable(problem, { hint });
  }
  if (origin?.kind === "unknown")
    context.log(
      `whether ${context.service?.name} runs the new code cannot be known: neither its unit nor its process names a release`,
    );
}

async function originOf({ target, service }: Look, isLive: boolean) {
  const { layout, app_path: app } = target.settings;
  const folder = layout === "in_place" ? app : join(app, "current");
  return await service?.codeOrigin({ folder, repository: target.subscription.repository, isLive });
}

function asObstacle({ service }: Look, { from, wanted }: { readonly from: string; readonly wanted: string }): Obstacle {
  const name = service?.name ?? "the service";
  return {
    problem: `${name} runs from ${from}, not from ${wanted}`,
    hint: `Let the unit run the new code: systemctl edit --full ${name} (WorkingDirectory=, ExecStart=), then systemctl daemon-reload. If it is right as it is, say so with service: runs_from in fraises.yaml.`,
  };
}
