import { api } from "./api.ts";
import type { Deployer } from "./deployer.ts";
import { etl } from "./etl.ts";
import { groups } from "./groups.ts";
import { script } from "./script.ts";

export const deployers: readonly Deployer[] = [api, etl, groups, script];
