import { dirname, join } from "node:path";
import type { App } from "../../compose/app.ts";
import { readEnvironment } from "../../compose/target-environment.ts";
import type { Target } from "../../config/config.ts";
import { FraisierError, HostUnavailable, StepFailed } from "../../domain/errors.ts";
import { short } from "../../domain/decision.ts";
import { namedUsers } from "../../domain/named-users.ts";
import { setCommand } from "../../domain/variable.ts";
import { userObstacles } from "../../sandbox/users-of-target.ts";
import { managedOf } from "../../service-managers/index.ts";
import type { Obstacle } from "../../service-managers/obstacle.ts";
import { thisUser } from "../../host/accounts.ts";
import { checkDatabase } from "./check-database.ts";
import { messageOf } from "../../domain/message-of.ts";
import { counted } from "../../domain/counted.ts";

export interface CheckResult {
  readonly check: string;
  readonly ok: boolean;
  /** The result, or the obstacle. */
  readonly seen: string;
  readonly hint?: string;
}

/** The facts that a check gets: this target, and the environment of its commands. */
export interface Checked extends App {
  readonly target: Target;
  readonly env: Readonly<Record<string, string>>;
}

const HEALTH_TIMEOUT_MS = 10_000;

/** Every check that applies, all at once; one that fails keeps none of the others from being made. Secrets are not in what they saw. */
export async function checkTarget(app: App, target: Target): Promise<readonly CheckResult[]> {
  const { env, variables, redact, fault } = await readEnvironment(app, target);
  const checked: Checked = { ...app, target, env };
  const { settings } = target;

  const checks: readonly (readonly [string, boolean, (checked: Checked) => Promise<string>])[] = [
    ["repository", true, repository],
    ["app_path", true, appPath],
    ["free space", true, freeSpace],
    ["variables", true, async () => await requiredVariables(checked, variables, fault)],
    ["environment_file", settings.environment_file !== undefined, environmentFolder],
    ["users", namedUsers(settings).length > 0, users],
    ["service", settings.service !== undefined, service],
    ["timer", settings.job !== undefined, timer],
    ["health check", settings.health_check?.url !== undefined, health],
    ["database", settings["database"] !== undefined, checkDatabase],
  ];
  return await Promise.all(
    checks
      .filter(([, applies]) => applies)
      .map(async ([check, , look]): Promise<CheckResult> => {
        try {
          return { check, ok: true, seen: redact(await look(checked)) };
        } catch (error) {
          const seen = redact(messageOf(error));
          const hint = error instanceof FraisierError ? error.hint : undefined;
          return { check, ok: false, seen, ...(hint === undefined ? {} : { hint: redact(hint) }) };
        }
      }),
  );
}

async function repository({ target, host }: Checked): Promise<string> {
  const refs = await host.git.remoteRefs(target.clone_url.reveal());
  const plain = target.subscription.branches.filter((pattern) => !/[*?[{!]/.test(pattern));
  const missing = plain.filter((name) => !refs.has(`refs/heads/${name}`));
  if (missing.length > 0)
    throw new StepFailed(`it answers, and has no branch ${missing.join(", ")}`, { hint: "Is the branch pushed?" });
  const heads = plain.map((name) => `${name} at ${short(refs.get(`refs/heads/${name}`) ?? "")}`);
  return `${counted(refs.size, "branch or tag", "branches and tags")}${heads.length === 0 ? "" : `, ${heads.join(", ")}`}`;
}

async function appPath({ target, host }: Checked): Promise<string> {
  const { app_path: path } = target.settings;
  const me = `user ${thisUser()}`;
  if (!(await host.files.isWritable(path)))
    throw new HostUnavailable(`${path} is not writable for this user (${me})`, {
      hint: "Run this as the user that fraisier runs as; else give that user the folder.",
    });
  return `${path} ${(await host.files.exists(path)) ? "is" : "can be made and is"} writable (${me})`;
}

async function freeSpace({ target, host }: Checked): Promise<string> {
  const { app_path: path, min_free_space: wanted } = target.settings;
  const free = await host.files.freeBytes(path);
  const sizes = `${mebibytes(free)} MiB free, ${mebibytes(wanted)} wanted`;
  if (free < wanted) throw new HostUnavailable(sizes, { hint: "Make room, or lower min_free_space." });
  return sizes;
}

async function requiredVariables(
  { target, env }: Checked,
  { size: count }: ReadonlyMap<string, string>,
  fault: FraisierError | undefined,
): Promise<string> {
  if (fault !== undefined) throw fault;
  const missing = target.settings.required_env_vars.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0)
    throw new StepFailed(`neither set nor in this shell: ${missing.join(", ")}`, {
      hint: missing.map((name) => setCommand(target, name)).join("; "),
    });
  return `${count} set, ${target.settings.required_env_vars.length} required`;
}

async function environmentFolder({ target, host }: Checked): Promise<string> {
  const folder = dirname(target.settings.environment_file ?? "");
  if (!(await host.files.exists(folder)) || !(await host.files.isWritable(folder)))
    throw new HostUnavailable(`${folder} is missing or not writable for this user`);
  return `${folder} is writable`;
}

async function users({ target }: Checked): Promise<string> {
  refuse(await userObstacles(target));
  return `commands can run as ${namedUsers(target.settings).join(" and ")}`;
}

async function service({ target: { settings, subscription }, host, env }: Checked): Promise<string> {
  const { service: found } = managedOf(settings, host, env);
  if (found === undefined) return "none";
  const output = settings.verify?.checks.some(({ type }) => type === "log") === true;
  refuse(await found.obstacles({ verbs: ["restart", "stop"], output }));
  const folder = settings.layout === "in_place" ? settings.app_path : join(settings.app_path, "current");
  const origin = await found.codeOrigin({ folder, repository: subscription.repository, isLive: false });
  if (origin?.kind === "other")
    throw new HostUnavailable(`${found.name} runs from ${origin.from}, not from ${origin.wanted}`, {
      hint: `Let the unit run the code of this target: systemctl edit --full ${found.name}, then systemctl daemon-reload.`,
    });
  // Only its owner can tell whether it should run: before the first deployment it cannot.
  return `${found.name}: ${(await found.state()).description}`;
}

async function timer({ target: { settings }, host, env }: Checked): Promise<string> {
  const { units } = managedOf(settings, host, env);
  if (settings.job === undefined || units === undefined) return "none";
  refuse(await units.obstacles(settings.job));
  return `${settings.job.timer}: ${(await units.timerState(settings.job.timer)).description}`;
}

/** @throws HostUnavailable that names every obstacle and what removes it. */
function refuse(obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  throw new HostUnavailable(obstacles.map(({ problem }) => problem).join("; "), {
    hint: [...new Set(obstacles.map(({ hint }) => hint))].join("; "),
  });
}

async function health({ target, host }: Checked): Promise<string> {
  const settings = target.settings.health_check;
  const answer = await host.requests.send(settings?.url ?? "", { timeoutMs: HEALTH_TIMEOUT_MS });
  const seen = `${settings?.url ?? ""} answers ${answer.status} in ${Math.round(answer.durationMs)} ms`;
  if (answer.status !== settings?.expect_status) throw new StepFailed(`${seen}, not ${settings?.expect_status ?? 200}`);
  if (settings.expect_body !== undefined && !answer.body.includes(settings.expect_body))
    throw new StepFailed(`${seen}, without "${settings.expect_body}" in its body`);
  return seen;
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
