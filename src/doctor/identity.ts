import { fine, skipped, warned } from "./diagnosis.ts";
import type { Examination } from "./diagnosis.ts";

/** As which user everything else is looked at. */
export const identity: Examination = {
  name: "user",
  async examine({ actor, service, stateDirectory }) {
    if (service === undefined)
      return [skipped("user", `there is no ${stateDirectory} yet, whose owner would be the service's user`)];
    if (actor.uid === service.uid)
      return [fine("user", `the checks have the rights of ${service.name}, the owner of ${stateDirectory}`)];
    return [
      warned(
        "user",
        `the checks have the rights of ${actor.name}, and the service has those of ${service.name}`,
        `sudo fraisier doctor, or sudo -u ${service.name} fraisier doctor`,
      ),
    ];
  },
};
