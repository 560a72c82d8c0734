import { checkHealth } from "../steps/service/check-health.ts";
import { bringBackService } from "../steps/service/bring-back-service.ts";
import { restartService } from "../steps/service/restart-service.ts";
import type { Deployer } from "./deployer.ts";
import { sequence, wayBack } from "./sequence.ts";

const SERVICE = { activate: [restartService, checkHealth], onRollback: [bringBackService] };

/** A web service: new code, a restart, and proof that it answers. */
export const api: Deployer = {
  type: "api",
  summary: "A service that is restarted on new code and must answer its health check.",
  steps: (target) => sequence(target, SERVICE),
  back: (target) => wayBack(target, SERVICE),
};
