import { isAbsolute, join, normalize, relative } from "node:path";
import type { ConfigProblem } from "../domain/errors.ts";
import { borrowCode, lenderOf } from "./code-from.ts";
import type { Config, Target } from "./config.ts";
import { databaseOf, databaseProblems } from "./database-settings.ts";
import { checkEnvironmentFiles } from "./environment-file.ts";
import type { Families } from "./families.ts";
import type { SecretField } from "./fields.ts";
import { forgeOfFraise, providerOf, rawForges } from "./forge-instances.ts";
import { checkUnits } from "./unique-units.ts";
import { jobsOf } from "./jobs.ts";
import { pathName } from "./locate.ts";
import type { Path } from "./locate.ts";
import { nearest } from "./nearest.ts";
import { checkRequires } from "./promotion-settings.ts";
import { NO_NEEDS } from "./needs.ts";
import { checkSandboxes, sandboxOf } from "./sandbox-settings.ts";
import type { ReadDocument } from "./read-document.ts";
import type { RawConfig, RawEnvironment, RawFraise } from "./schema.ts";
import type { LateSecret } from "./secrets.ts";
import type { EnvironmentSettings } from "./settings.ts";
import { checkVerify, verifySettings } from "./verify-settings.ts";

type Complain = (problem: ConfigProblem) => void;

/** Every fraise in every environment, defaults filled in, and what only the whole file can tell checked. */
export function targetsOf(
  data: RawConfig,
  families: Families,
  document: ReadDocument,
  secret: (field: SecretField) => LateSecret,
  complain: Complain,
): Config["targets"] {
  const mapped = mappedBranches(data, document, complain);
  const targets = Object.entries(data.fraises).flatMap(([fraiseName, fraise]) =>
    Object.keys(fraise.environments).flatMap((environmentName): readonly Target[] => {
      const path: Path = ["fraises", fraiseName, "environments", environmentName];
      const environment = borrowCode(data, fraiseName, environmentName, document, complain);
      const forge = forgeOfFraise(data, fraise) ?? "";
      const provider = providerOf(data, forge);
      if (forge === "")
        complain(
          document.problemAt(
            ["fraises", fraiseName],
            `${pathName(["fraises", fraiseName])} names no forge: set git.provider`,
            { atKey: true },
          ),
        );
      const branches = [
        ...(environment.branch ?? []),
        ...(environment.branches ?? []),
        ...(mapped.get(`${fraiseName}/${environmentName}`) ?? []),
      ];
      const tags = environment.tags ?? [];
      if (branches.length + tags.length === 0) {
        complain(
          document.problemAt(
            path,
            `${pathName(path)} names no branch, no tags, and no branch_mapping names it: nothing would ever deploy it`,
            { atKey: true },
          ),
        );
      }
      const settings = settingsOf(data, fraise, environment, environmentName, secret);
      checkPaths(settings, path, document, complain);
      checkVerify(settings, path, families, document, complain);
      if (settings.database === undefined && settings.rollback.restore_database) {
        complain(
          document.problemAt(
            path,
            `${pathName(path)}: rollback.restore_database restores nothing without \`database:\``,
            {
              atKey: true,
            },
          ),
        );
      }
      if (settings.database !== undefined) {
        const at = [...(environment.database === undefined ? ["fraises", fraiseName] : path), "database"];
        for (const { key, message } of databaseProblems(settings.database, environmentName, families, settings))
          complain(document.problemAt([...at, ...key.split(".")], `${pathName(at)}: ${message}`));
      }
      const paths = environment.paths ?? fraise.paths ?? [];
      const target: Target = {
        fraise: fraiseName,
        environment: environmentName,
        job: "",
        type: fraise.type,
        description: fraise.description,
        clone_url: secret(cloneUrl(data, fraise, forge, families, ["fraises", fraiseName], document, complain)),
        subscription: {
          forge,
          ...(provider === forge ? {} : { provider }),
          repository: fraise.repository,
          branches,
          tags,
          paths,
        },
        settings,
      };
      if (environment.jobs === undefined) return [target];
      // Each job has a folder of its own below the environment's: releases of one are never in the way of another.
      return jobsOf(environment, { user: settings.user, paths }, path, document, complain).map((job) => ({
        ...target,
        job: job.name,
        description: job.settings.description || target.description,
        subscription: { ...target.subscription, paths: job.paths },
        settings: { ...settings, app_path: join(settings.app_path, job.name), job: job.settings },
      }));
    }),
  );
  for (const [name, { environments }] of Object.entries(data.fraises)) {
    if (Object.keys(environments).length > 0) continue;
    const path: Path = ["fraises", name, "environments"];
    complain(document.problemAt(path, `${pathName(path)} is empty: nothing would ever be deployed`));
  }
  checkAppPaths(targets, document, complain);
  checkUnits(targets, document, complain);
  checkRequires(targets, document, complain);
  checkEnvironmentFiles(targets, document, complain);
  checkSandboxes(targets, document, complain);
  return targets;
}

/** An environment's own key, else the fraise's, else the default. */
function settingsOf(
  data: RawConfig,
  fraise: RawFraise,
  environment: RawEnvironment,
  environmentName: string,
  secret: (field: SecretField) => LateSecret,
): EnvironmentSettings {
  const healthCheck = healthCheckOf(environment.health_check ?? fraise.health_check);
  const build = environment.build ?? fraise.build;
  const test = environment.test ?? fraise.test;
  const {
    systemd_service: unit,
    branch: _branch,
    branches: _branches,
    tags: _tags,
    paths: _paths,
    jobs: _jobs,
    unit_files: _unitFiles,
    unit_directory: _unitDirectory,
    scope: _scope,
    network: _network,
    cache: _cache,
    credentials: _credentials,
    allow: _allow,
    ...rest
  } = environment;
  return {
    ...rest,
    app_path: normalize(environment.app_path).replace(/(.)\/$/, "$1"),
    layout: environment.layout ?? fraise.layout ?? "releases",
    shared: environment.shared ?? fraise.shared ?? [],
    keep_releases: environment.keep_releases ?? fraise.keep_releases ?? data.deployment.keep_releases,
    min_free_space: environment.min_free_space ?? fraise.min_free_space ?? 256 * 2 ** 20,
    timeout: environment.timeout ?? fraise.timeout ?? data.deployment.timeout,
    user: environment.user ?? fraise.user,
    sandbox: sandboxOf(environment, fraise, data.deployment.sandbox),
    environment_file: environment.environment_file,
    required_env_vars: environment.required_env_vars ?? fraise.required_env_vars ?? [],
    needs: needsOf(environment.needs ?? fraise.needs),
    install: withUser(environment.install ?? fraise.install),
    build:
      build === undefined ? undefined : withUser({ command: build.command, user: build.user, timeout: build.timeout }),
    test: withUser(
      test ??
        (build?.test === undefined ? undefined : { command: build.test, user: build.user, timeout: build.timeout }),
    ),
    database: databaseOf(environment.database ?? fraise.database, secret, environmentName),
    service: environment.service ?? (unit === undefined ? undefined : { manager: "systemd", unit, scope: "system" }),
    health_check: healthCheck,
    hooks: environment.hooks ??
      fraise.hooks ?? {
        before_deploy: [],
        after_deploy: { commands: [], on_error: "warn" },
        on_failure: [],
      },
    rollback: environment.rollback ?? fraise.rollback ?? { automatic: true, restore_database: false },
    freeze: [...data.deployment.freeze, ...(environment.freeze ?? fraise.freeze ?? [])],
    phase_timeouts: { ...fraise.phase_timeouts, ...environment.phase_timeouts },
    verify: verifySettings(environment.verify ?? fraise.verify, healthCheck?.url, secret),
    requires:
      environment.requires === undefined ? undefined : { ...environment.requires, within: environment.requires.within },
    tag: environment.tag,
  };
}

function needsOf(needs: RawFraise["needs"]): EnvironmentSettings["needs"] {
  return needs === undefined ? NO_NEEDS : { ...needs, free_space: needs.free_space };
}

function withUser(settings: RawFraise["install"]): EnvironmentSettings["install"] {
  return settings === undefined
    ? undefined
    : { command: settings.command, user: settings.user, timeout: settings.timeout };
}

function healthCheckOf(settings: RawFraise["health_check"]): EnvironmentSettings["health_check"] {
  return settings === undefined ? undefined : { ...settings, url: settings.url, expect_body: settings.expect_body };
}

/** `branch_mapping: main: [{ fraise, environment }]`, upstream's way to say the same. Branches by `fraise/environment`. */
function mappedBranches(
  data: RawConfig,
  document: ReadDocument,
  complain: Complain,
): ReadonlyMap<string, readonly string[]> {
  const branches = new Map<string, string[]>();
  for (const [branch, mappings] of Object.entries(data.branch_mapping)) {
    for (const { fraise, environment, environments = [] } of mappings) {
      const path: Path = ["branch_mapping", branch];
      const known = data.fraises[fraise];
      if (known === undefined) {
        const guess = nearest(fraise, Object.keys(data.fraises));
        complain(
          document.problemAt(
            path,
            `branch_mapping.${branch} names the fraise "${fraise}", which is not there${guess === undefined ? "" : `; did you mean "${guess}"?`}`,
          ),
        );
        continue;
      }
      const names = environment === undefined ? environments : [environment, ...environments];
      if (names.length === 0)
        complain(document.problemAt(path, `branch_mapping.${branch} names no environment of ${fraise}`));
      for (const name of names) {
        if (!Object.hasOwn(known.environments, name)) {
          complain(
            document.problemAt(
              path,
              `branch_mapping.${branch} names the environment "${name}", which ${fraise} does not have: ${Object.keys(known.environments).join(", ")}`,
            ),
          );
          continue;
        }
        const key = `${fraise}/${name}`;
        branches.set(key, [...(branches.get(key) ?? []), branch]);
      }
    }
  }
  return branches;
}

function cloneUrl(
  data: RawConfig,
  fraise: RawFraise,
  forge: string,
  families: Families,
  path: Path,
  document: ReadDocument,
  complain: Complain,
): SecretField {
  if (fraise.clone_url !== undefined) {
    const { source } = fraise.clone_url;
    if (source.kind === "text" && /^(-|ext::|fd::)/.test(source.text)) {
      complain(
        document.problemAt(
          [...path, "clone_url"],
          `clone_url "${source.text}" would run a program: write a URL or a path`,
        ),
      );
    }
    return fraise.clone_url;
  }
  const given = rawForges(data).get(forge)?.["base_url"] as string | undefined;
  const known = families.forges.find(({ name }) => name === providerOf(data, forge));
  const base = given ?? known?.baseUrl;
  // A word that names no forge is a problem of its own.
  if (base === undefined && (forge === "" || known !== undefined))
    complain(document.problemAt(path, `${pathName(path)} lacks the key "clone_url"`, { atKey: true }));
  return { source: { kind: "text", text: `${base ?? ""}/${fraise.repository}.git` }, blame: undefined };
}

function checkPaths(settings: EnvironmentSettings, path: Path, document: ReadDocument, complain: Complain): void {
  if (!isAbsolute(settings.app_path) || settings.app_path === "/") {
    complain(
      document.problemAt([...path, "app_path"], `${pathName([...path, "app_path"])} must be an absolute path below /`),
    );
  }
  for (const shared of settings.shared) {
    if (isAbsolute(shared) || normalize(shared).startsWith("..") || normalize(shared) === ".") {
      complain(document.problemAt([...path, "shared"], `shared path "${shared}" must stay below the release`));
    }
  }
}

/** Two targets in one folder would take each other's releases down; one that borrows its code makes none. */
function checkAppPaths(all: readonly Target[], document: ReadDocument, complain: Complain): void {
  const targets = all.filter((target) => lenderOf(target) === undefined);
  for (const [index, target] of targets.entries()) {
    for (const other of targets.slice(0, index)) {
      const [own, theirs] = [target.settings.app_path, other.settings.app_path];
      if (isBelow(own, theirs) || isBelow(theirs, own)) {
        const path = ["fraises", target.fraise, "environments", target.environment, "app_path"];
        complain(
          document.problemAt(
            path,
            `app_path ${own} ${own === theirs ? "is also" : "lies within or around"} that of ${other.fraise}/${other.environment}: each target needs its own`,
          ),
        );
      }
    }
  }
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
