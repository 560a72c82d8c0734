import { namedUsers } from "../domain/named-users.ts";
import { targetName } from "../domain/fraise.ts";
import { userObstacles } from "../sandbox/users-of-target.ts";
import { failed, fine } from "./diagnosis.ts";
import type { Examination, Finding } from "./diagnosis.ts";
import { thrown } from "./examine.ts";

/** Whether commands can run as the users that targets name. */
export const users: Examination = {
  name: "users of commands",
  async examine({ targets, service, actor }) {
    const findings: Finding[] = [];
    for (const target of targets) {
      const named = namedUsers(target.settings);
      if (named.length === 0) continue;
      const check = `${targetName(target)} user`;
      try {
        const found = await userObstacles(target, service?.uid ?? actor.uid);
        findings.push(...found.map(({ problem, hint }) => failed(check, problem, hint)));
        if (found.length === 0) findings.push(fine(check, `commands can run as ${named.join(" and ")}`));
      } catch (error) {
        findings.push(thrown(check, error));
      }
    }
    return findings;
  },
};
