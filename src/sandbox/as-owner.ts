import type { Target } from "../config/config.ts";
import { actingUser } from "../host/acting-user.ts";

/** If root deploys into a folder of another user, the commands run as that user unless `user:` names one: they run files that this user may change. */
export async function asOwner(target: Target): Promise<Target> {
  if (target.settings.user !== undefined) return target;
  const owner = await actingUser(target.settings.app_path);
  return owner === undefined ? target : { ...target, settings: { ...target.settings, user: owner.name } };
}
