import { CONFIGURATION } from "../domain/configuration-fraise.ts";
import { bringBackConfiguration } from "../steps/configuration/bring-back-configuration.ts";
import { layOutConfiguration } from "../steps/configuration/lay-out-configuration.ts";
import { loadConfiguration } from "../steps/configuration/load-configuration.ts";
import { validateConfiguration } from "../steps/configuration/validate-configuration.ts";
import { checkRequirements } from "../steps/check-requirements.ts";
import { onRollback } from "../steps/on-rollback.ts";
import { pruneReleases } from "../steps/release/prune-releases.ts";
import { switchRelease } from "../steps/release/switch-release.ts";
import { checkBranch } from "../steps/source/check-branch.ts";
import { fetchSource } from "../steps/source/fetch-source.ts";
import type { Step } from "../steps/step.ts";
import { defineDeployer } from "./deployer.ts";

/** A text that this host can load becomes the one in force, and the daemon reads it. A rollback does this with a release that is still on disk. */
const ACTIVATE: readonly Step[] = [
  validateConfiguration,
  ...onRollback("creating_symlinks", [bringBackConfiguration]),
  switchRelease,
  loadConfiguration,
];

/** The repository that holds fraises.yaml itself. */
export const configuration = defineDeployer({
  type: CONFIGURATION,
  summary:
    "The repository that holds fraises.yaml itself: a push that this host can load is in force without a restart.",
  keys: "description repository clone_url git webhook_secret signing_token branch branches tags paths timeout keep_releases freeze".split(
    " ",
  ),
  settings: ({ innerPath }) => ({
    file: innerPath.default("fraises.yaml").describe("The file in the repository"),
  }),
  steps: () => [checkRequirements(), fetchSource, checkBranch, layOutConfiguration, ...ACTIVATE, pruneReleases],
  back: () => ACTIVATE,
});
