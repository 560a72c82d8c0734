import { existsSync } from "node:fs";
import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { managedOf } from "../service-managers/index.ts";
import type { Obstacle } from "../service-managers/obstacle.ts";
import { managerOf } from "../service-managers/systemctl.ts";
import { rightObstacles } from "../service-managers/unit-obstacles.ts";
import { failed, fine } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { thrown } from "./examine.ts";

/** A name that the packaged polkit rule covers, and no deployment has. */
const DEPLOYMENT_UNIT = "fraisier-deploy@0000000000000.service";

/** Whether systemd knows the units of the targets, and lets this user restart and stop them. */
export const serviceRights: Examination = {
  name: "units of targets",
  async examine(patient) {
    if (!existsSync("/run/systemd/system")) return [];
    const managed = patient.targets.filter(
      ({ settings }) => settings.service !== undefined || settings.job !== undefined,
    );
    return (await Promise.all([ownUnits(patient), ...managed.map((target) => unitsOf(target, patient))])).flat();
  },
};

async function unitsOf(target: Target, { host, env }: Patient): Promise<readonly Finding[]> {
  const check = `${targetName(target)} unit`;
  try {
    const { settings } = target;
    const managed = managedOf(settings, host, env);
    const found = await obstaclesOf(settings, managed);
    if (found.length > 0) return found.map(({ problem, hint }) => failed(check, problem, hint));
    const name = managed.service?.name ?? settings.job?.timer ?? "it";
    return [fine(check, `${name} can be restarted`)];
  } catch (error) {
    return [thrown(check, error)];
  }
}

async function obstaclesOf(
  { verify, job }: Target["settings"],
  { service, units }: ReturnType<typeof managedOf>,
): Promise<readonly Obstacle[]> {
  const output = verify?.checks.some(({ type }) => type === "log") === true;
  const ofService = await service?.obstacles({ verbs: ["restart", "stop"], output });
  const ofJob = job && (await units?.obstacles(job));
  return [...(ofService ?? []), ...(ofJob ?? [])];
}

/** The daemon's own right: without it a deployment that hangs is never ended. */
async function ownUnits({ host, env }: Patient): Promise<readonly Finding[]> {
  const check = "unit fraisier-deploy@";
  const denied = await rightObstacles(managerOf(false, host, env), DEPLOYMENT_UNIT, ["stop"]);
  if (denied.length === 0) return [fine(check, "deployments can be started and stopped")];
  return [
    failed(
      check,
      "polkit does not let this user start and stop deployments",
      "Install the rule of fraisier's package: /usr/share/polkit-1/rules.d/50-fraisier.rules (a copy is systemd/fraisier.rules)",
    ),
  ];
}
