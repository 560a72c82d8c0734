import { api } from "./api.ts";
import type { Deployer } from "./deployer.ts";

export const deployers: readonly Deployer[] = [api];
