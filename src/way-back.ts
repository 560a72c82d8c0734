import { basename } from "node:path";
import { stepsBackOf } from "./app.ts";
import type { App } from "./app.ts";
import type { Target } from "./config/config.ts";
import { placesOf } from "./pipeline/places.ts";
import type { Step } from "./steps/step.ts";

/** A release that a rollback by hand switches back to, and how. */
export interface WayBack {
  /** The name of its folder. */
  readonly release: string;
  readonly steps: readonly Step[];
}

/** The way back to what a deployment made live; undefined where there is none (any more): then the old revision is deployed. */
export async function wayBackTo(
  { config, store, host }: App,
  target: Target,
  deployment: string | undefined,
): Promise<WayBack | undefined> {
  const steps = stepsBackOf(target);
  if (deployment === undefined || steps === undefined) return undefined;
  const path = (await store.deploymentDetail(deployment))?.deployment.releasePath;
  if (path === undefined) return undefined;
  // The present folder of releases: app_path may have changed since.
  const release = basename(path);
  const { release: folder } = placesOf(target, release, config.deployment.state_directory);
  return (await host.files.exists(folder)) ? { release, steps } : undefined;
}
