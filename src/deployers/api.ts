import type { Target } from "../config/config.ts";
import { advanceCheckout } from "../steps/advance-checkout.ts";
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
import type { Deployer } from "./deployer.ts";

/** A web service: new code, a restart, and proof that it answers. */
export const api: Deployer = {
  type: "api",
  summary: "A service that is restarted on new code and must answer its health check.",
  settings: {},
  steps: (target) => (target.settings.layout === "in_place" ? inPlace(target) : withReleases(target)),
};

function withReleases(target: Target): readonly Step[] {
  return [
    checkRequirements,
    fetchSource,
    layOutRelease,
    ...preparation(target),
    keepService,
    switchRelease,
    ...activation(target),
    pruneReleases,
  ];
}

function inPlace(target: Target): readonly Step[] {
  const { install, build } = target.settings;
  return [
    checkRequirements,
    fetchSource,
    // From here on the running code itself changes: what brings it back stands before.
    { ...keepService, phase: "copying_files" },
    keepBuild([install, build].filter((each) => each !== undefined)),
    advanceCheckout,
    ...preparation(target),
    ...activation(target),
  ];
}

function preparation({ settings }: Target): readonly Step[] {
  const { install, build, test, hooks } = settings;
  return [
    ...(install === undefined ? [] : [runCommand("install", install)]),
    ...(build === undefined ? [] : [runCommand("build", build)]),
    ...(test === undefined ? [] : [runCommand("test", test)]),
    ...(hooks.before_deploy.length === 0 ? [] : [runHook("before_deploy", "building", hooks.before_deploy)]),
  ];
}

function activation({ settings }: Target): readonly Step[] {
  return [
    restartService,
    checkHealth,
    ...(settings.hooks.after_deploy.length === 0
      ? []
      : [runHook("after_deploy", "finalizing", settings.hooks.after_deploy)]),
  ];
}
