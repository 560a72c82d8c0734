import { api } from "./api.ts";
import { backup } from "./backup.ts";
import type { Deployer } from "./deployer.ts";
import { etl } from "./etl.ts";
import { groups } from "./groups.ts";
import { scheduled } from "./scheduled.ts";
import { script } from "./script.ts";

export const deployers: readonly Deployer[] = [api, etl, groups, scheduled, backup, script];
