import { EXIT } from "../exit-codes.ts";
import type { TargetScene } from "../targets/with-target.ts";
import { askedOptions } from "./asked-options.ts";
import type { AskedOptions } from "./asked-options.ts";
import { dryRun } from "./dry-run.ts";
import { personWish } from "./person-wish.ts";
import type { Reasons } from "./person-wish.ts";
import { startDeployment } from "./start-deployment.ts";
import type { WantedRevision } from "./wanted-revision.ts";

/** The options of every command that deploys. */
export interface SubmitOptions extends AskedOptions, Reasons {
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

/** Deploys a revision because a person wants it; with `dryRun` only says what would be done. Returns the exit code. */
export async function submitDeployment(
  scene: TargetScene,
  found: WantedRevision,
  options: SubmitOptions,
): Promise<number> {
  const asked = askedOptions(scene.target, options);
  if (options.dryRun === true) {
    await dryRun(scene, found, asked);
    return EXIT.ok;
  }
  const wanted = { ...personWish(found, options), options: asked };
  return await startDeployment(scene, "person", wanted, { wait: options.wait === true });
}
