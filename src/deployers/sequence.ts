import type { Target } from "../config/config.ts";
import { advanceCheckout } from "../steps/release/advance-checkout.ts";
import { backupDatabase } from "../steps/database/backup-database.ts";
import { checkBranch } from "../steps/source/check-branch.ts";
import { checkCode } from "../steps/source/check-code.ts";
import { checkHealth } from "../steps/service/check-health.ts";
import { checkMigrations } from "../steps/database/check-migrations.ts";
import { checkPromotion } from "../steps/source/check-promotion.ts";
import { checkRequirements } from "../steps/check-requirements.ts";
import { fetchSource } from "../steps/source/fetch-source.ts";
import { onRollback } from "../steps/on-rollback.ts";
import type { RollbackAct } from "../steps/on-rollback.ts";
import { rebuildCheckout } from "../steps/build/rebuild-checkout.ts";
import { bringBackService } from "../steps/service/bring-back-service.ts";
import { migrateDatabase } from "../steps/database/migrate-database.ts";
import { layOutRelease } from "../steps/release/lay-out-release.ts";
import { pruneReleases } from "../steps/release/prune-releases.ts";
import { restartService } from "../steps/service/restart-service.ts";
import { restoreDatabase } from "../steps/database/restore-database.ts";
import { runCommand, runHook } from "../steps/build/run-command.ts";
import type { Step } from "../steps/step.ts";
import { switchRelease } from "../steps/release/switch-release.ts";
import { tagRevision } from "../steps/source/tag-revision.ts";
import { verifyRelease } from "../steps/service/verify-release.ts";
import { writeEnvironmentFile } from "../steps/service/write-environment-file.ts";

/** The parts of a type of fraise beyond the steps that all of them share. Each part may be empty. */
export interface OwnSteps {
  /** Variables the type needs beside `required_env_vars`. */
  readonly requires?: readonly string[];
  /** Once the revision is in the mirror and before anything is touched: what git alone can tell. */
  readonly check?: readonly Step[];
  /** Once the code is laid out and built, before it goes live. */
  readonly prepare?: readonly Step[];
  /** Once the code is live: make it run, and make sure that it does. */
  readonly activate?: readonly Step[];
  /** On a rollback, in this order, once everything else is taken back: bring back what ran. */
  readonly onRollback?: readonly RollbackAct[];
}

/** The whole way of a deployment, for both layouts and for borrowed code: what every type shares, with what is the type's own in its place. */
export function sequence(target: Target, own: OwnSteps = {}): readonly Step[] {
  const { layout, code_from } = target.settings;
  if (code_from !== undefined) return withCodeOf(code_from, target, own);
  return layout === "in_place" ? inPlace(target, own) : withReleases(target, own);
}

/** For types that may have a service and may have none: how it is brought up on the new code, and on a rollback on the old one. */
export function serviceSteps({
  settings: { service, health_check },
}: Target): Required<Pick<OwnSteps, "activate" | "onRollback">> {
  return {
    activate: [
      ...(service === undefined ? [] : [restartService]),
      ...(service === undefined && health_check === undefined ? [] : [checkHealth]),
    ],
    onRollback: service === undefined ? [] : [bringBackService],
  };
}

/** The way back to a release that is still on disk: switch, bring up, look at it. The built code and the applied migrations stay as they are. */
export function wayBack(
  target: Target,
  { activate = [], onRollback: acts = [] }: Pick<OwnSteps, "activate" | "onRollback"> = {},
): readonly Step[] {
  return [
    ...onRollback("creating_symlinks", acts),
    ...environmentFile(target),
    switchRelease,
    ...activate,
    ...verify(target),
    ...finish(target),
  ];
}

function withReleases(target: Target, own: OwnSteps): readonly Step[] {
  const { prepare = [], activate = [], onRollback: acts = [] } = own;
  return [
    ...begin(target, own),
    layOutRelease,
    ...build(target),
    ...prepare,
    ...checkMigrationsOf(target),
    // On a rollback the old code is started, and looked at, on the old schema.
    ...onRollback(target.settings.database === undefined ? "creating_symlinks" : "migrating", acts),
    ...migrate(target),
    ...environmentFile(target),
    switchRelease,
    ...activate,
    ...verify(target),
    ...finish(target),
    pruneReleases,
    ...tag(target),
  ];
}

function inPlace(target: Target, own: OwnSteps): readonly Step[] {
  const { prepare = [], activate = [], onRollback: acts = [] } = own;
  const { install, build: command } = target.settings;
  const rebuild = rebuildCheckout([install, command].filter((each) => each !== undefined));
  return [
    ...begin(target, own),
    // From here on the running code itself changes.
    ...onRollback("copying_files", [rebuild, ...acts]),
    advanceCheckout,
    ...build(target),
    ...prepare,
    ...checkMigrationsOf(target),
    ...migrate(target),
    ...environmentFile(target),
    ...activate,
    ...verify(target),
    ...finish(target),
    ...tag(target),
  ];
}

function backUp({ settings }: Target): readonly Step[] {
  return settings.database?.backup?.before_deploy === true ? [backupDatabase] : [];
}

function checkMigrationsOf({ settings }: Target): readonly Step[] {
  return settings.database === undefined ? [] : [checkMigrations];
}

/** A restored backup takes back what the migrations did, and all else: their own ways back are not gone then. */
function migrate({ settings }: Target): readonly Step[] {
  if (settings.database === undefined) return [];
  if (!settings.rollback.restore_database) return [migrateDatabase];
  const { undo: _, ...onlyForward } = migrateDatabase;
  return [...onRollback("migrating", [restoreDatabase]), onlyForward];
}

/** The code is another fraise's: it is live already, built and tested there, and going back is that one's affair. */
function withCodeOf(fraise: string, target: Target, own: OwnSteps): readonly Step[] {
  const { check = [], prepare = [], activate = [], onRollback: acts = [] } = own;
  const lender = { fraise, environment: target.environment, job: "" };
  return [
    ...begin(target, { ...own, check: [checkCode(lender), ...check] }),
    ...build(target),
    ...prepare,
    ...onRollback("creating_symlinks", acts),
    ...activate,
    ...verify(target),
    ...finish(target),
    ...tag(target),
  ];
}

function begin(target: Target, { requires = [], check = [] }: OwnSteps): readonly Step[] {
  // The backup is made once it is known that this revision is wanted here: what is refused must not push older backups out.
  return [checkRequirements(requires), fetchSource, checkBranch, ...check, ...promotion(target), ...backUp(target)];
}

function build({ settings }: Target): readonly Step[] {
  const { install, build: command, test, hooks } = settings;
  return [
    ...(install === undefined ? [] : [runCommand("install", install)]),
    ...(command === undefined ? [] : [runCommand("build", command)]),
    ...(test === undefined ? [] : [runCommand("test", test)]),
    ...(hooks.before_deploy.length === 0 ? [] : [runHook("before_deploy", "building", hooks.before_deploy)]),
  ];
}

/** Behind what brings the service back: taken back before the service restarts on what ran. */
function environmentFile({ settings }: Target): readonly Step[] {
  return settings.environment_file === undefined ? [] : [writeEnvironmentFile];
}

function finish({ settings: { hooks } }: Target): readonly Step[] {
  const { commands, on_error } = hooks.after_deploy;
  return commands.length === 0 ? [] : [runHook("after_deploy", "finalizing", commands, on_error)];
}

function promotion({ settings: { requires } }: Target): readonly Step[] {
  return requires === undefined ? [] : [checkPromotion(requires)];
}

function verify({ settings: { verify: suite } }: Target): readonly Step[] {
  return suite === undefined ? [] : [verifyRelease(suite)];
}

/** The very last: what is tagged has come through everything. */
function tag({ settings: { tag: settings } }: Target): readonly Step[] {
  return settings === undefined ? [] : [tagRevision(settings)];
}
