import { existsSync } from "node:fs";
import { targetName } from "../domain/fraise.ts";
import { failed, fine } from "./diagnosis.ts";
import type { Examination } from "./diagnosis.ts";

/** A user's own units run only while its manager does: linger keeps that running without a login. */
export const linger: Examination = {
  name: "user units",
  async examine({ targets, service, actor }) {
    const users = targets.filter(
      ({ settings }) => settings.job?.scope === "user" || settings.service?.["scope"] === "user",
    );
    if (users.length === 0) return [];
    const { name, uid } = service ?? actor;
    const isOn = existsSync(`/var/lib/systemd/linger/${name}`) && existsSync(`/run/user/${uid}`);
    if (isOn) return [fine("user units", `the manager of ${name} runs without a login`)];
    const which = users.map(targetName).join(", ");
    return [
      failed(
        "user units",
        `${which}: scope is user, and ${name}'s manager runs only while ${name} is logged in`,
        `sudo loginctl enable-linger ${name}`,
      ),
    ];
  },
};
