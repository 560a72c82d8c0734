import { existsSync } from "node:fs";
import type { SandboxSettings } from "../config/keys/sandbox-settings.ts";
import { accountOf } from "../host/accounts.ts";
import type { Processes } from "../host/processes.ts";
import type { JobSettings } from "../schedule/job.ts";
import type { ServiceSettings } from "../service-managers/service-manager.ts";
import { unitName } from "../service-managers/unit-name.ts";
import { sandboxObstacle } from "./confine.ts";
import type { SandboxObstacle } from "./try-sandbox.ts";

interface Inspected {
  readonly settings: {
    readonly sandbox: SandboxSettings;
    readonly user: string | undefined;
    readonly service: ServiceSettings | undefined;
    readonly job?: JobSettings | undefined;
  };
}

/**
 * The parts of a target whose repository code runs with fraisier's own rights although a sandbox is wanted: in a sentence each, with the remedy. Empty if the
 * sandbox is off.
 * @param serviceUser the number of the user that runners run as; undefined if that is not known.
 */
export async function sandboxGaps(
  processes: Processes,
  target: Inspected,
  serviceUser = process.getuid?.(),
): Promise<readonly SandboxObstacle[]> {
  if (target.settings.sandbox.mode === "off") return [];
  const obstacle = await sandboxObstacle(processes, target);
  return [...(obstacle === undefined ? [] : [obstacle]), ...(await servicesOutside(processes, target, serviceUser))];
}

/** Services and jobs are started by their managers, which know nothing of the sandbox: as fraisier's own user they could read what the sandbox hides. */
async function servicesOutside(
  processes: Processes,
  { settings }: Inspected,
  serviceUser: number | undefined,
): Promise<readonly SandboxObstacle[]> {
  const { service, job } = settings;
  const isOurs = (user: unknown): boolean =>
    typeof user !== "string" || (serviceUser !== undefined && accountOf(user)?.uid === serviceUser);
  const gaps: SandboxObstacle[] = [];
  if (service?.manager === "command" && isOurs(service["user"])) {
    gaps.push({
      problem: "the service's commands, and what they start, run as fraisier's own user outside of the sandbox",
      hint: "Name another user: service: { user: … }; or use a system unit with a User= of its own.",
    });
  }
  const isUserUnit = service?.manager === "systemd" && service["scope"] === "user";
  const unit = service?.manager === "systemd" && !isUserUnit ? unitName(service.unit ?? "") : undefined;
  if (isUserUnit || (unit !== undefined && isOurs((await userOfUnit(processes, unit)) ?? NOBODY_ELSE))) {
    gaps.push({
      problem: `the service ${service?.unit ?? ""} runs as fraisier's own user, outside of the sandbox`,
      hint: "Make it a system unit with a User= of its own.",
    });
  }
  if (job === undefined) return gaps;
  const user =
    job.user ?? (job.command === undefined ? ((await userOfUnit(processes, job.service)) ?? NOBODY_ELSE) : undefined);
  if (job.scope === "user" || isOurs(user)) {
    gaps.push({
      problem: `the job ${job.service} runs as fraisier's own user, outside of the sandbox`,
      hint: "Give the job a `user:` of its own, in the system's manager.",
    });
  }
  return gaps;
}

/** No name of a user: where the user is not known, nothing is claimed. */
const NOBODY_ELSE = "";

/** The user that a system unit runs as; undefined if systemd does not run here or does not know the unit. */
async function userOfUnit(processes: Processes, unit: string): Promise<string | undefined> {
  if (!existsSync("/run/systemd/system")) return undefined;
  const argv = ["systemctl", "show", "--property=LoadState,User", "--", unit];
  const { stdout } = await processes.run(argv, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    timeoutMs: 5_000,
  });
  if (!/^LoadState=loaded$/m.test(stdout)) return undefined;
  return /^User=(.+)$/m.exec(stdout)?.[1] ?? "root";
}
