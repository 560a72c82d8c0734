import type { Target } from "../config/config.ts";
import { advanceCheckout } from "../steps/advance-checkout.ts";
import { backupDatabase } from "../steps/backup-database.ts";
import { checkRequirements } from "../steps/check-requirements.ts";
import { fetchSource } from "../steps/fetch-source.ts";
import { keepBuild } from "../steps/keep-build.ts";
import { migrateDatabase } from "../steps/migrate-database.ts";
import { layOutRelease } from "../steps/lay-out-release.ts";
import { pruneReleases } from "../steps/prune-releases.ts";
import { restoreDatabase } from "../steps/restore-database.ts";
import { runCommand, runHook } from "../steps/run-command.ts";
import type { Step } from "../steps/step.ts";
import { switchRelease } from "../steps/switch-release.ts";

/** What a type of fraise has beyond the steps that all of them share. Each part may be empty. */
export interface OwnSteps {
  /** Stand before the first change of what runs, and are taken back after all of it: how to bring back what ran. */
  readonly keep?: readonly Step[];
  /** Once the code is laid out and built, before it goes live. */
  readonly prepare?: readonly Step[];
  /** Once the code is live: make it run, and make sure that it does. */
  readonly activate?: readonly Step[];
}

/** The whole way of a deployment, for both layouts: what every type shares, with what is the type's own in its place. */
export function sequence(target: Target, own: OwnSteps): readonly Step[] {
  return target.settings.layout === "in_place" ? inPlace(target, own) : withReleases(target, own);
}

function withReleases(target: Target, { keep = [], prepare = [], activate = [] }: OwnSteps): readonly Step[] {
  return [
    checkRequirements,
    ...backUp(target),
    fetchSource,
    layOutRelease,
    ...build(target),
    ...prepare,
    ...keepAndMigrate(target, keep),
    switchRelease,
    ...activate,
    ...finish(target),
    pruneReleases,
  ];
}

function inPlace(target: Target, { keep = [], prepare = [], activate = [] }: OwnSteps): readonly Step[] {
  const { install, build: command } = target.settings;
  return [
    checkRequirements,
    ...backUp(target),
    fetchSource,
    // From here on the running code itself changes: what brings it back stands before.
    ...keep.map((step): Step => ({ ...step, phase: "copying_files" })),
    keepBuild([install, command].filter((each) => each !== undefined)),
    advanceCheckout,
    ...build(target),
    ...prepare,
    ...migrate(target),
    ...activate,
    ...finish(target),
  ];
}

/**
 * What brings back what ran stands before the migrations: taken back, the old code is started, and looked at, on the old schema. Phases do not
 * go back and forth for it.
 */
function keepAndMigrate(target: Target, keep: readonly Step[]): readonly Step[] {
  const steps = migrate(target);
  return steps.length === 0 ? keep : [...keep.map((step): Step => ({ ...step, phase: "migrating" })), ...steps];
}

function backUp({ settings }: Target): readonly Step[] {
  return settings.database?.backup?.before_deploy === true ? [backupDatabase] : [];
}

/** A restored backup takes back what the migrations did, and all else: their own ways back are not gone then. */
function migrate({ settings }: Target): readonly Step[] {
  if (settings.database === undefined) return [];
  if (!settings.rollback.restore_database) return [migrateDatabase];
  const { undo: _, ...onlyForward } = migrateDatabase;
  return [restoreDatabase, onlyForward];
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

function finish({ settings: { hooks } }: Target): readonly Step[] {
  return hooks.after_deploy.length === 0 ? [] : [runHook("after_deploy", "finalizing", hooks.after_deploy)];
}
