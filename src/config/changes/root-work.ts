import { namedUsers } from "../../domain/named-users.ts";
import type { Config, Target } from "../config.ts";

/** Units and users that one configuration names and the other one does not: root may have to install privileges for them. Pure. */
export function newForRoot(before: Config, after: Config): readonly string[] {
  const known = new Set(before.targets.flatMap(namesOf));
  return [...new Set(after.targets.flatMap(namesOf))].filter((name) => !known.has(name)).toSorted();
}

function namesOf({ settings }: Target): readonly string[] {
  const { service, job } = settings;
  const unit = service?.manager === "systemd" ? service.unit : undefined;
  const units = [unit, job?.service, job?.timer, ...Object.keys(settings.sandbox.allow.units)];
  return [
    ...units.flatMap((each) => (typeof each === "string" ? [`unit ${each}`] : [])),
    ...namedUsers(settings).map((user) => `user ${user}`),
  ];
}
