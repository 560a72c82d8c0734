import { join } from "node:path";
import { checkAppPaths, checkPaths } from "./app-paths.ts";
import { mappedBranches } from "./branch-mapping.ts";
import { cloneUrl } from "./clone-url.ts";
import { borrowCode } from "./code-from.ts";
import type { Config, Target } from "../config.ts";
import { databaseProblems } from "../keys/database-settings.ts";
import type { Draft } from "./draft.ts";
import { checkEnvironmentFiles } from "../keys/environment-file.ts";
import { environmentSettings } from "./environment-settings.ts";
import { forgeOfFraise, providerOf } from "./forge-instances.ts";
import { jobsOf } from "./jobs.ts";
import { checkConfiguration, refuseOpenings } from "../from-git/check-configuration.ts";
import { placedOn } from "./placed-on.ts";
import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import { checkRequires } from "../keys/promotion-settings.ts";
import { checkSandboxes } from "../keys/sandbox-settings.ts";
import type { RawEnvironment, RawFraise } from "../keys/schema.ts";
import type { EnvironmentSettings } from "../settings.ts";
import { checkVerify } from "../keys/verify-settings.ts";
import { CONFIGURATION } from "../../domain/configuration-fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Problems } from "../file/problems.ts";

/** Every fraise in every environment, defaults filled in, and what only the whole file can tell checked. */
export function targetsOf(draft: Draft): Config["targets"] {
  const { data, problems } = draft;
  const mapped = mappedBranches(draft);
  const targets = Object.entries(data.fraises).flatMap(([name, fraise]) => {
    const environments = Object.keys(fraise.environments);
    if (environments.length === 0)
      problems.of(["fraises", name, "environments"], " is empty: nothing would ever be deployed");
    return environments.flatMap((environment) =>
      environmentTargets(draft, [name, fraise], environment, mapped.get(`${name}/${environment}`) ?? []),
    );
  });
  checkConfiguration(targets, draft);
  refuseOpenings(targets, draft);
  checkAppPaths(
    targets.filter(({ type }) => type !== CONFIGURATION),
    problems,
  );
  checkUnits(targets, problems);
  checkRequires(targets, problems);
  checkEnvironmentFiles(targets, problems);
  checkSandboxes(targets, problems);
  return targets;
}

/** The target of one environment, or one for each of its jobs. */
function environmentTargets(
  draft: Draft,
  [name, fraise]: readonly [string, RawFraise],
  environmentName: string,
  mapped: readonly string[],
): readonly Target[] {
  const { problems } = draft;
  const path: Path = ["fraises", name, "environments", environmentName];
  const environment = codeOf(draft, [name, fraise], environmentName);
  const subscription = subscriptionOf(draft, [name, fraise], environment, mapped);
  const { branches, tags, paths } = subscription;
  if (branches.length + tags.length === 0) {
    const words = "names no branch, no tags, and no branch_mapping names it: nothing would ever deploy it";
    problems.atKey(path, `${pathName(path)} ${words}`);
  }
  const settings = environmentSettings(draft, fraise, environment, environmentName);
  checkPaths(settings, path, problems);
  checkVerify(settings, path, draft);
  checkDatabase(draft, settings, environment.database === undefined ? ["fraises", name] : path, path);
  const target: Target = {
    fraise: name,
    environment: environmentName,
    job: "",
    ...placedOn(draft, [name, fraise], environmentName),
    type: fraise.type,
    description: fraise.description,
    clone_url: draft.secret(cloneUrl(draft, name, fraise, subscription.forge)),
    subscription,
    settings,
  };
  if (environment.jobs === undefined) return [target];
  // Each job has a folder of its own below the environment's: releases of one are never in the way of another.
  return jobsOf(environment, { user: settings.user, paths }, path, problems).map((job) => ({
    ...target,
    job: job.name,
    description: job.settings.description || target.description,
    subscription: { ...subscription, paths: job.paths },
    settings: { ...settings, app_path: join(settings.app_path, job.name), job: job.settings },
  }));
}

/** The environment with the folder of its releases: its own, the state folder's for fraises.yaml itself, or another fraise's. */
function codeOf(draft: Draft, [name, fraise]: readonly [string, RawFraise], environment: string): RawEnvironment {
  const own = fraise.environments[environment];
  return own !== undefined && fraise.type === CONFIGURATION
    ? { ...own, app_path: join(draft.stateDirectory, "configuration") }
    : borrowCode(draft, name, environment);
}

function subscriptionOf(
  { data, problems }: Draft,
  [name, fraise]: readonly [string, RawFraise],
  environment: RawEnvironment,
  mapped: readonly string[],
): Target["subscription"] {
  const forge = forgeOfFraise(data, fraise) ?? "";
  const provider = providerOf(data, forge);
  if (forge === "") problems.atKey(["fraises", name], `fraises.${name} names no forge: set git.provider`);
  return {
    forge,
    ...(provider === forge ? {} : { provider }),
    repository: fraise.repository,
    branches: [...(environment.branch ?? []), ...(environment.branches ?? []), ...mapped],
    tags: environment.tags ?? [],
    paths: environment.paths ?? fraise.paths ?? [],
  };
}

/** @param holder the place of the environment or fraise that sets `database:`. */
function checkDatabase({ families, problems }: Draft, settings: EnvironmentSettings, holder: Path, path: Path): void {
  const { database, rollback } = settings;
  if (database === undefined) {
    if (rollback.restore_database)
      problems.atKey(path, `${pathName(path)}: rollback.restore_database restores nothing without \`database:\``);
    return;
  }
  const at = [...holder, "database"];
  for (const { key, message } of databaseProblems(database, String(path.at(-1)), families, settings))
    problems.at([...at, ...key.split(".")], `${pathName(at)}: ${message}`);
}

/** Two jobs with one unit would take each other's schedule away. */
function checkUnits(targets: readonly Target[], problems: Problems): void {
  const owners = new Map<string, Target>();
  for (const target of targets) {
    const { job } = target.settings;
    if (job === undefined) continue;
    for (const [key, unit] of [
      ["systemd_service", job.service],
      ["systemd_timer", job.timer],
    ] as const) {
      const owner = owners.get(`${job.scope} ${unit}`);
      if (owner !== undefined) {
        const path = ["fraises", target.fraise, "environments", target.environment, "jobs", target.job, key];
        problems.of(path, `: ${unit} is also the unit of ${targetName(owner)}`);
      }
      owners.set(`${job.scope} ${unit}`, target);
    }
  }
}
