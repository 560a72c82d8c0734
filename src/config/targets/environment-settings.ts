import { normalize } from "node:path";
import { databaseOf } from "../keys/database-settings.ts";
import type { Draft } from "./draft.ts";
import { inheritedKeys } from "../keys/inherited-keys.ts";
import type { RawEnvironment, RawFraise } from "../keys/schema.ts";
import type { EnvironmentSettings } from "../settings.ts";
import { verifySettings } from "../keys/verify-settings.ts";

/** Keys of an environment that are read elsewhere (subscriptions, jobs, the sandbox), or are another way to say `service`. */
const NO_SETTINGS = new Set(
  "systemd_service branch branches tags paths jobs unit_files unit_directory scope network cache credentials allow".split(
    " ",
  ),
);

/** The settings of an environment: what it inherits and every default filled in, secrets made. Keys of its type of fraise stand beside them. */
export function environmentSettings(
  { data, secret }: Draft,
  fraise: RawFraise,
  environment: RawEnvironment,
  name: string,
): EnvironmentSettings {
  const keys = inheritedKeys(data, fraise, environment);
  const { build, network, cache, credentials, allow, systemd_service: unit } = keys;
  const healthCheck = healthCheckOf(keys.health_check);
  const own = Object.entries(environment).filter(([key]) => !NO_SETTINGS.has(key));
  return {
    ...Object.fromEntries(own),
    app_path: normalize(keys.app_path).replace(/(.)\/$/, "$1"),
    layout: keys.layout,
    shared: keys.shared,
    keep_releases: keys.keep_releases,
    min_free_space: keys.min_free_space,
    timeout: keys.timeout,
    ...(keys.hosts === undefined ? {} : { hosts: keys.hosts }),
    user: keys.user,
    sandbox: { mode: keys.sandbox, network, cache, credentials, allow },
    environment_file: environment.environment_file,
    required_env_vars: keys.required_env_vars,
    needs: { ...keys.needs, free_space: keys.needs.free_space },
    install: commandOf(keys.install),
    build: commandOf(build),
    test: commandOf(keys.test ?? (build?.test === undefined ? undefined : { ...build, command: build.test })),
    database: databaseOf(keys.database, secret, name),
    service: environment.service ?? (unit === undefined ? undefined : { manager: "systemd", unit, scope: "system" }),
    health_check: healthCheck,
    hooks: keys.hooks,
    rollback: keys.rollback,
    // Nothing starts in any of these windows, whoever set them.
    freeze: [...data.deployment.freeze, ...(keys.freeze ?? [])],
    phase_timeouts: { ...fraise.phase_timeouts, ...environment.phase_timeouts },
    verify: verifySettings(keys.verify, healthCheck?.url, secret),
    requires: environment.requires && { ...environment.requires, within: environment.requires.within },
    tag: environment.tag,
  };
}

function commandOf(settings: RawFraise["install"]): EnvironmentSettings["install"] {
  return settings && { command: settings.command, user: settings.user, timeout: settings.timeout };
}

function healthCheckOf(settings: RawFraise["health_check"]): EnvironmentSettings["health_check"] {
  return settings && { ...settings, url: settings.url, expect_body: settings.expect_body };
}
