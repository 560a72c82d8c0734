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
 * @param kept the state folder, for a look that believes what another process has tried within the hour.
 */
export async function sandboxGaps(
  processes: Processes,
  target: Inspected,
  serviceUser = process.getuid?.(),
  kept?: string,
): Promise<readonly SandboxObstacle[]> {
  if (target.settings.sandbox.mode === "off") return [];
  const obstacle = await sandboxObstacle(processes, target, kept);
  return [...(obstacle === undefined ? [] : [obstacle]), ...(await servicesOutside(processes, target, serviceUser))];
}

/** The questions that a gap is found by. */
interface Users {
  /** Whether this is the user that runners run as. Undefined stands for that user. */
  isOurs(user: unknown): boolean;
  /** Whether a system unit runs as that user. If systemd does not know its user, nothing is claimed. */
  isOursIn(unit: string): Promise<boolean>;
}

/** Services and jobs are started by their managers, which know nothing of the sandbox: as fraisier's own user they could read what the sandbox hides. */
async function servicesOutside(
  processes: Processes,
  { settings }: Inspected,
  serviceUser: number | undefined,
): Promise<readonly SandboxObstacle[]> {
  const isOurs = (user: unknown): boolean =>
    typeof user !== "string" || (serviceUser !== undefined && accountOf(user)?.uid === serviceUser);
  const users: Users = {
    isOurs,
    async isOursIn(unit) {
      const user = await userOfUnit(processes, unit);
      return user !== undefined && isOurs(user);
    },
  };
  return [...(await gapsOfService(settings.service, users)), ...(await gapsOfJob(settings.job, users))];
}

async function gapsOfService(
  service: ServiceSettings | undefined,
  { isOurs, isOursIn }: Users,
): Promise<readonly SandboxObstacle[]> {
  if (service?.manager === "command" && isOurs(service["user"])) {
    return [
      {
        problem: "the service's commands, and what they start, run as fraisier's own user outside of the sandbox",
        hint: "Name another user: service: { user: … }; or use a system unit with a User= of its own.",
      },
    ];
  }
  if (service?.manager !== "systemd") return [];
  const unit = service.unit ?? "";
  if (service["scope"] !== "user" && !(await isOursIn(unitName(unit)))) return [];
  return [
    {
      problem: `the service ${unit} runs as fraisier's own user, outside of the sandbox`,
      hint: "Make it a system unit with a User= of its own.",
    },
  ];
}

async function gapsOfJob(job: JobSettings | undefined, users: Users): Promise<readonly SandboxObstacle[]> {
  if (job === undefined || !(await isJobOurs(job, users))) return [];
  return [
    {
      problem: `the job ${job.service} runs as fraisier's own user, outside of the sandbox`,
      hint: "Give the job a `user:` of its own, in the system's manager.",
    },
  ];
}

async function isJobOurs({ scope, user, command, service }: JobSettings, users: Users): Promise<boolean> {
  if (scope === "user") return true;
  // Units that fraisier writes for a command have the user of fraises.yaml.
  if (user !== undefined || command !== undefined) return users.isOurs(user);
  return await users.isOursIn(service);
}

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
