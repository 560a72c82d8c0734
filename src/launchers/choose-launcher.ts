import { HostUnavailable } from "../domain/errors.ts";
import { launchers } from "./index.ts";
import type { Launcher } from "./launcher.ts";

/** The first launcher that is available here. @param wanted what `FRAISIER_LAUNCHER` says: then only this one will do. */
export async function chooseLauncher(wanted: string | undefined): Promise<Launcher> {
  for (const launcher of launchers) {
    if (wanted !== undefined && launcher.name !== wanted) continue;
    if (await launcher.isAvailable()) return launcher;
  }
  throw new HostUnavailable(`runners cannot be launched by "${wanted}" here`, {
    hint: `FRAISIER_LAUNCHER may be ${launchers.map(({ name }) => name).join(" or ")}, or unset.`,
  });
}
