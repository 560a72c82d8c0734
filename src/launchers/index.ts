import type { Launcher } from "./launcher.ts";
import { processLauncher } from "./process-launcher.ts";
import { systemdLauncher } from "./systemd-launcher.ts";

/** The better first: the daemon takes the first one that is available. */
export const launchers: readonly Launcher[] = [systemdLauncher, processLauncher];
