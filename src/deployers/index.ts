import { api } from "./api.ts";
import { backup } from "./backup.ts";
import type { Deployer } from "./deployer.ts";
import { scheduled } from "./scheduled.ts";

export const deployers: readonly Deployer[] = [api, scheduled, backup];
