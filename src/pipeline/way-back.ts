import { basename } from "node:path";
import type { Config, Target } from "../config/config.ts";
import type { Host } from "../host/host.ts";
import type { Step } from "../steps/step.ts";
import type { Store } from "../store/store.ts";
import { placesOf } from "./places.ts";

/** A release that a rollback by hand switches back to, and how. */
export interface WayBack {
  /** The name of its folder. */
  readonly release: string;
  readonly steps: readonly Step[];
}

interface Machine {
  readonly config: Pick<Config, "deployment">;
  readonly store: Pick<Store, "deployments">;
  readonly host: Pick<Host, "files">;
}

/**
 * The way back to what a deployment made live; undefined if there is none (any more): then the old revision is deployed.
 * @param steps those that switch back to a release of this target; undefined if its type has none.
 */
export async function wayBackTo(
  { config, store, host }: Machine,
  target: Target,
  deployment: string | undefined,
  steps: readonly Step[] | undefined,
): Promise<WayBack | undefined> {
  if (deployment === undefined || steps === undefined) return undefined;
  const path = (await store.deployments.detail(deployment))?.deployment.releasePath;
  if (path === undefined) return undefined;
  // The present folder of releases: app_path may have changed since.
  const release = basename(path);
  const { release: folder } = placesOf(target, release, config.deployment.state_directory);
  return (await host.files.exists(folder)) ? { release, steps } : undefined;
}
