import type { Target } from "../config/config.ts";
import { advanceCheckout } from "../steps/advance-checkout.ts";
import { checkBranch } from "../steps/check-branch.ts";
import { checkCode } from "../steps/check-code.ts";
import { checkHealth } from "../steps/check-health.ts";
import { checkRequirements } from "../steps/check-requirements.ts";
import { fetchSource } from "../steps/fetch-source.ts";
import { keepBuild } from "../steps/keep-build.ts";
import { keepService } from "../steps/keep-service.ts";
import { layOutRelease } from "../steps/lay-out-release.ts";
import { pruneReleases } from "../steps/prune-releases.ts";
import { restartService } from "../steps/restart-service.ts";
import { runCommand, runHook } from "../steps/run-command.ts";
import type { Step } from "../steps/step.ts";
import { switchRelease } from "../steps/switch-release.ts";

/** What a type of fraise has beyond the steps that all of them share. Each part may be empty. */
export interface OwnSteps {
  /** Variables the type needs beside `required_env_vars`. */
  readonly requires?: readonly string[];
  /** Once the revision is in the mirror and before anything is touched: what git alone can tell. */
  readonly check?: readonly Step[];
  /** Stand before the first change of what runs, and are taken back after all of it: how to bring back what ran. */
  readonly keep?: readonly Step[];
  /** Once the code is laid out and built, before it goes live. */
  readonly prepare?: readonly Step[];
  /** Once the code is live: make it run, and make sure that it does. */
  readonly activate?: readonly Step[];
}

/** The whole way of a deployment, for both layouts and for borrowed code: what every type shares, with what is the type's own in its place. */
export function sequence(target: Target, own: OwnSteps): readonly Step[] {
  const { layout, code_from } = target.settings;
  if (code_from !== undefined) return withCodeOf(code_from, target, own);
  return layout === "in_place" ? inPlace(target, own) : withReleases(target, own);
}

/** For types that may have a service and may have none: how it is kept, and how it is brought up on the new code. */
export function serviceSteps({
  settings: { service, health_check },
}: Target): Required<Pick<OwnSteps, "keep" | "activate">> {
  return {
    keep: service === undefined ? [] : [keepService],
    activate: [
      ...(service === undefined ? [] : [restartService]),
      ...(service === undefined && health_check === undefined ? [] : [checkHealth]),
    ],
  };
}

function withReleases(target: Target, own: OwnSteps): readonly Step[] {
  const { keep = [], prepare = [], activate = [] } = own;
  return [
    ...begin(own),
    layOutRelease,
    ...build(target),
    ...prepare,
    ...keep,
    switchRelease,
    ...activate,
    ...finish(target),
    pruneReleases,
  ];
}

function inPlace(target: Target, own: OwnSteps): readonly Step[] {
  const { keep = [], prepare = [], activate = [] } = own;
  const { install, build: command } = target.settings;
  return [
    ...begin(own),
    // From here on the running code itself changes: what brings it back stands before.
    ...keep.map((step): Step => ({ ...step, phase: "copying_files" })),
    keepBuild([install, command].filter((each) => each !== undefined)),
    advanceCheckout,
    ...build(target),
    ...prepare,
    ...activate,
    ...finish(target),
  ];
}

/** The code is another fraise's: it is live already, built and tested there, and going back is that one's affair. */
function withCodeOf(fraise: string, target: Target, own: OwnSteps): readonly Step[] {
  const { check = [], keep = [], prepare = [], activate = [] } = own;
  const lender = { fraise, environment: target.environment, job: "" };
  return [
    ...begin({ ...own, check: [checkCode(lender), ...check] }),
    ...build(target),
    ...prepare,
    ...keep,
    ...activate,
    ...finish(target),
  ];
}

function begin({ requires = [], check = [] }: OwnSteps): readonly Step[] {
  return [checkRequirements(requires), fetchSource, checkBranch, ...check];
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
